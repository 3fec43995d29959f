using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Siem;

/// <summary>
/// The parser and the detections under <c>docs/siem</c> speak of types, reasons and members that exist, and the Sigma rules find what they
/// are for and nothing else. Queries in KQL cannot be run here: only what they name is checked.
/// </summary>
public sealed partial class SiemDocumentTests
{
    private static readonly string Docs = Path.Combine(Repository(), "docs");
    private static readonly string Detections = Path.Combine(Docs, "siem", "detections");
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Levels = ["informational", "low", "medium", "high", "critical"];
    private static readonly string[] Statuses = ["stable", "test", "experimental", "deprecated", "unsupported"];

    /// <summary>Of each detection an event that it has to find, and those nearest to it that it must not.</summary>
    private static readonly Dictionary<string, (AuditEvent Found, AuditEvent[] Harmless)> Samples = new()
    {
        ["emergency-used"] = (Happened(EventTypes.Request.EmergencyDeclared) with { Emergency = true }, [Happened(EventTypes.Request.EmergencyReviewed) with { Emergency = true }, Happened(EventTypes.Request.Submitted)]),
        ["self-approval-tried"] = (
            Happened(EventTypes.Request.Refused) with { Succeeded = false, Reason = nameof(RefusalReason.SelfReview) },
            [Happened(EventTypes.Request.Refused) with { Succeeded = false, Reason = nameof(RefusalReason.NotYourLevel) }, Happened(EventTypes.Request.Approved)]),
        ["revocation-failing"] = (Happened(EventTypes.Grant.RevocationFailing) with { Succeeded = false }, [Happened(EventTypes.Grant.RevokeFailed) with { Succeeded = false }, Happened(EventTypes.Grant.ProvenGone)]),
        ["approvals-at-odd-hours"] = (
            Happened(EventTypes.Request.Approved) with { At = Noon.AddHours(11) },
            [Happened(EventTypes.Request.Approved), Happened(EventTypes.Request.Denied) with { At = Noon.AddHours(11) }, Happened(EventTypes.Request.Approved) with { At = Noon.AddHours(11), Emergency = true }]),
    };

    /// <summary>A line of every type, with its detail, and one of a checkpoint's kind is not needed: detections look at events.</summary>
    private static readonly JsonElement[] Lines = [.. AuditEventTypes.All.Keys.Select(static type => Line(Happened(type)))];

    public static TheoryData<string> Names => [.. Samples.Keys];

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(Docs, "siem"), "*", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(Docs, file)), "siem.md"];

    [Fact]
    public void EveryDetection_IsThereAsKqlAndAsSigma_AndHasSamples()
    {
        string[] wanted = [.. Samples.Keys.SelectMany(static name => new[] { $"{name}.kql", $"{name}.yml" }).Order(StringComparer.Ordinal)];
        Assert.Equal(wanted, Directory.GetFiles(Detections).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var document = File.ReadAllText(Path.Combine(Docs, "siem.md"));
        Assert.All(Samples.Keys, name => Assert.Contains($"siem/detections/{name}.kql", document, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ASigmaRule_HasWhatSigmaRequires(string name)
    {
        var rule = SigmaRule.Read(Path.Combine(Detections, $"{name}.yml"));
        Assert.All(new[] { "title", "id", "status", "description", "logsource", "detection", "level", "author", "date", "falsepositives" }, field => Assert.True(rule.Has(field), $"{name}.yml has no {field}."));
        Assert.True(Guid.TryParse(rule["id"], out _));
        Assert.Contains(rule["status"], Statuses);
        Assert.Contains(rule["level"], Levels);
    }

    [Fact]
    public void SigmaRules_HaveIdsOfTheirOwn() =>
        Assert.Equal(Samples.Count, Samples.Keys.Select(static name => SigmaRule.Read(Path.Combine(Detections, $"{name}.yml"))["id"]).Distinct().Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void ASigmaRule_FindsWhatItIsFor_AndNothingElse(string name)
    {
        var (rule, (found, harmless)) = (SigmaRule.Read(Path.Combine(Detections, $"{name}.yml")), Samples[name]);
        Assert.True(rule.Matches(Line(found)));
        Assert.All(harmless, happened => Assert.False(rule.Matches(Line(happened)), happened.Type));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ASigmaRule_LooksAtMembersAndReasonsThatExist(string name)
    {
        var rule = SigmaRule.Read(Path.Combine(Detections, $"{name}.yml"));
        Assert.All(rule.Fields, Exists);
        Assert.All(rule.Values.Where(static pair => pair.Field == "data.unmapped.reason"), static pair => Assert.True(Enum.TryParse<RefusalReason>(pair.Value, out _), pair.Value));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryTypeAndMemberThatIsNamed_Exists(string file)
    {
        var text = File.ReadAllText(Path.Combine(Docs, file));
        string[] others = [WireFormat.CheckpointType, WireFormat.UnreadableType];
        Assert.All(TypeName().Matches(text).Select(static match => match.Value), type => Assert.True(AuditEventTypes.All.ContainsKey(type) || others.Contains(type), $"{file} names {type}, which is no event."));
        if (Path.GetExtension(file) != ".kql") return;
        Assert.All(EventPath().Matches(text).Select(static match => match.Groups[1].Value), Exists);
        Assert.All(UnmappedPath().Matches(text).Select(static match => $"data.unmapped.{match.Groups[1].Value}"), Exists);
        Assert.All(ReasonValue().Matches(text).Select(static match => match.Groups[1].Value), static reason => Assert.True(Enum.TryParse<RefusalReason>(reason, out _), reason));
    }

    /// <summary>The table of the document and the parser say the same: each column is made by the parser, from members that exist.</summary>
    [Fact]
    public void TheAsimTable_IsWhatTheParserMakes()
    {
        var parser = File.ReadAllText(Path.Combine(Docs, "siem", "asim-audit-event.kql"));
        var project = parser[parser.LastIndexOf("| project", StringComparison.Ordinal)..];
        string[] made = [.. ProjectedColumn().Matches(project).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
        var rows = AsimRow().Matches(File.ReadAllText(Path.Combine(Docs, "siem.md")));
        Assert.Equal(made, rows.SelectMany(static row => Quoted().Matches(row.Groups[1].Value).Select(static match => match.Groups[1].Value)).Order(StringComparer.Ordinal));
        Assert.All(rows.SelectMany(static row => MemberPath().Matches(row.Groups[2].Value).Select(static match => match.Groups[1].Value)), Exists);
        Assert.All(new[] { "EventCount", "EventStartTime", "EventEndTime", "EventType", "EventResult", "EventProduct", "EventVendor", "EventSchema", "EventSchemaVersion", "Dvc", "Operation", "Object" },
            column => Assert.Contains(column, made));
    }

    private static void Exists(string path) => Assert.True(Lines.Any(line => SigmaRule.At(line, path) is not null), $"No line has {path}.");

    private static JsonElement Line(AuditEvent happened) => JsonDocument.Parse(new WireFormat(new WireOptions { Source = "https://access.example/", IncludeDetail = true })
        .Line(AuditLink.Next("r-1", null, happened, new byte[16]))).RootElement;

    private static AuditEvent Happened(string type) => new()
    {
        Type = type,
        At = Noon,
        Actor = type.StartsWith("access.grant.", StringComparison.Ordinal) ? SystemActors.Runner : "bob",
        Channel = nameof(Channel.SignedIn),
        Succeeded = true,
        SignalId = "s-1",
        RequestId = "r-1",
        Requester = "alice",
        Revision = 1,
        Level = 1,
        Phase = nameof(Phase.Open),
        Outcome = nameof(Outcome.Expired),
        Reason = "audit",
        Kind = nameof(AccessKind.Role),
        Resource = "pg-prod/analytics",
        Role = "reader",
        Identity = "alice",
        GrantId = "r-1.1",
        PeriodStart = Noon,
        PeriodEnd = Noon.AddHours(8),
        Detail = new AuditDetail { Address = "192.0.2.7", Text = "why" },
    };

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"\baccess\.[a-z]+\.[a-z]+(?:-[a-z]+)*\b")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\bEvent\.([a-z_]+(?:\.[A-Za-z_]+)*)")]
    private static partial Regex EventPath();

    [GeneratedRegex(@"\bAdditionalFields\.([A-Za-z]+)")]
    private static partial Regex UnmappedPath();

    [GeneratedRegex("""AdditionalFields\.reason\) == "([^"]+)"\s?""")]
    private static partial Regex ReasonValue();

    [GeneratedRegex(@"^    ([A-Z][A-Za-z]+)(?: = |,|$)", RegexOptions.Multiline)]
    private static partial Regex ProjectedColumn();

    [GeneratedRegex(@"^\| ((?:`[A-Z][A-Za-z]+`(?:, )?)+) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex AsimRow();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"`((?:data|type|time|id|source)(?:\.[A-Za-z_]+)*)`")]
    private static partial Regex MemberPath();
}
