using System.Text.Json;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>
/// The JSON that lies in histories, pinned in <c>Golden/</c>: orchestrations in flight outlive upgrades. State, signals and effects inside
/// are those of the domain's own golden files. To renew a file after a change that old data survives, run these tests once with
/// <c>ACCESS_RENEW_GOLDEN=1</c> and read the difference before committing.
/// </summary>
public sealed class MessageGoldenTests
{
    private static readonly JsonSerializerOptions Indented = new(DomainJson.Default.Options) { WriteIndented = true, NewLine = "\n" };
    private static readonly string Tests = TestsFolder();
    private static readonly string Folder = Path.Combine(Tests, "Functions.Tests", "Golden");
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly Refusal Refusal = new(RefusalReason.PeriodInvalid, "It must be later.") { Errors = new Dictionary<string, IReadOnlyList<string>> { ["end"] = ["It must be later."] } };

    private static AuditEvent Happened { get; } = new()
    {
        Type = "access.request.approved",
        At = Noon,
        Actor = "bob",
        Channel = "SignedIn",
        Succeeded = true,
        SignalId = "s-2",
        RequestId = "r-1",
        Requester = "alice",
        Revision = 2,
        Level = 1,
        Phase = "Open",
        Outcome = "Expired",
        Reason = "replaced",
        Kind = "Role",
        Resource = "pg-prod/analytics",
        Role = "reader",
        Identity = "alice_pg",
        GrantId = "r-1.1",
        Emergency = true,
        PeriodStart = Noon,
        PeriodEnd = Noon.AddHours(1),
        Detail = new AuditDetail { Address = "192.0.2.7", Text = "fine", More = new Dictionary<string, string> { ["ticket"] = "CHG-1042" } },
    };

    // After what it is made of, as static members are set in the order they are written.
    private static readonly Dictionary<string, object> Samples = Build();

    public static TheoryData<string> Names() => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_IsAsPinned_AndReadsBack(string name)
    {
        var path = Path.Combine(Folder, name + ".json");
        var text = JsonSerializer.Serialize(Samples[name], Samples[name].GetType(), Indented) + "\n";
        if (Environment.GetEnvironmentVariable("ACCESS_RENEW_GOLDEN") == "1") File.WriteAllText(path, text);

        const string how = "If histories in flight still read, run the tests once with ACCESS_RENEW_GOLDEN=1 and commit the new file.";
        Assert.True(File.Exists(path), $"Golden/{name}.json is missing. {how}");
        var pinned = File.ReadAllText(path).ReplaceLineEndings("\n");
        Assert.True(pinned == text, $"The JSON of {name} is not what Golden/{name}.json pins. {how}\nNow:\n{text}\nPinned:\n{pinned}");
        Assert.Equal(pinned, JsonSerializer.Serialize(JsonSerializer.Deserialize(pinned, Samples[name].GetType(), Indented), Samples[name].GetType(), Indented) + "\n");
    }

    [Fact]
    public void Folder_HoldsNothingElse() =>
        Assert.Equal(Samples.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    /// <summary>Whatever the worker's serializer is, it sees only the envelope.</summary>
    [Fact]
    public void Payload_InAHistory_IsItsJsonAsText()
    {
        var inHistory = JsonSerializer.Serialize(Payload.Of(new StreamOrder("r-1")));
        Assert.Equal("""{"json":"{\u0022stream\u0022:\u0022r-1\u0022}"}""", inHistory);
        Assert.Equal("r-1", JsonSerializer.Deserialize<Payload>(inHistory)!.Read<StreamOrder>().Stream);
    }

    [Fact]
    public void Answer_KeepsItsBytes_AndWhatIsNullStaysNull()
    {
        var content = Enumerable.Range(0, 32).Select(number => (byte)(number * 8)).ToArray();
        var order = new SaveOrder("r-1", null, null, [], new KeptAnswer("alice", "s-1", content, null, 0, Noon));
        var read = Payload.Of(order).Read<SaveOrder>();
        Assert.Equal(content, read.Answer!.Content);
        Assert.Equal((null, null, null, null), (read.Before, read.State, read.Notices, read.Answer.Refusal));
        Assert.Null(Payload.Of(new EffectRan(null)).Read<EffectRan>().Outcome);
        Assert.Null(Payload.Of(new Saved(null, false)).Read<Saved>().State);
        Assert.Null(Payload.Of(new RequestRun("r-1")).Read<RequestRun>().First);
        Assert.Equal(Noon, read.Answer.At);
    }

    [Fact]
    public void MemberThatThisVersionDoesNotKnow_IsRefused_NotDropped() =>
        Assert.Throws<JsonException>(() => new Payload("""{"requestId":"r-1","pending":[],"resumed":false,"more":1}""").Read<RequestRun>());

    /// <summary>What was written before a member was added does not name it.</summary>
    [Fact]
    public void MemberThatAnOlderVersionDidNotWrite_GetsItsDefault()
    {
        var run = new Payload("""{"requestId":"r-1"}""").Read<RequestRun>();
        Assert.Equal((0, false), (run.Pending.Count, run.Resumed));
        Assert.Empty(new Payload("{}").Read<Snapshot>().Notices);
        Assert.Null(new Payload("""{"requestId":"r-1","events":[]}""").Read<SaveOrder>().Notices);
    }

    private static Dictionary<string, object> Build()
    {
        var state = Domain<AccessRequest>("state");
        var notice = (Notify)Domain<Effect>("effect.notify");
        var kept = new KeptAnswer("bob", "s-2", [.. Enumerable.Range(0, 32).Select(number => (byte)number)], Refusal, 9, Noon);
        return new(StringComparer.Ordinal)
        {
            ["request-run"] = new RequestRun("r-1") { State = state, First = Domain<Signal>("signal.submit"), Pending = [new PendingNotice(notice, 2, Noon)], Resumed = true },
            ["raised"] = new Raised(Domain<Signal>("signal.approve")),
            ["save-order"] = new SaveOrder("r-1", state, state with { Sequence = state.Sequence + 1 }, [Happened], kept) { Notices = [notice] },
            ["saved"] = new Saved(state, true) { Repeated = true },
            ["snapshot"] = new Snapshot(state) { Notices = [notice] },
            ["effect-order"] = new EffectOrder("r-1", Domain<Effect>("effect.provision")),
            ["effect-ran"] = new EffectRan(Domain<Signal>("signal.provisionSucceeded")),
            ["stream-order"] = new StreamOrder("r-1"),
            ["done"] = new Done(),
        };
    }

    private static T Domain<T>(string name) where T : class =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Tests, "Domain.Tests", "Golden", name + ".json")), DomainJson.Default.Options)!;

    private static string TestsFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Functions.Tests", "AccessFunctions.Functions.Tests.csproj"))) return folder.FullName;
        }

        throw new InvalidOperationException("Run these tests from within the repository: they read its golden files.");
    }
}
