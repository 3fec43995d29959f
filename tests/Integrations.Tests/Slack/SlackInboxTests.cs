using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Integrations.Slack;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Slack;

/// <summary>Reactions that cannot be decided at once: they wait, and what is given up leaves a trace.</summary>
public sealed class SlackInboxTests
{
    private const string Ts = "1763726400.000001";

    [Fact]
    public async Task AReaction_ThatCannotBeDecidedForDays_IsStillDecided_OnceItCanBe()
    {
        await using var scene = await Scene.Start();
        Assert.Equal(SlackReplyKind.Taken, await scene.React("U0NOBODY", "Ev1"));
        for (var day = 0; day < 3; day++)
        {
            Assert.Equal(1, await scene.Sweep());
            scene.Slack.Time.Advance(TimeSpan.FromDays(1));
            await scene.Rows.Purge(scene.Slack.Time.GetUtcNow(), CancellationToken.None);
        }

        scene.Rows.Fails = false;
        Assert.Equal(0, await scene.Sweep());
        Assert.Equal("U0NOBODY", Assert.Single(scene.Slack.Server.Whispers).User);
        Assert.Equal(["slack-unlinked"], scene.Audit.Reasons);
        Assert.Empty(await scene.Rows.All(EventRow.Waiting, CancellationToken.None));
    }

    [Fact]
    public async Task AReaction_ThatCannotBeDecidedForAWeek_IsGivenUp_AndTheAuditTrailSaysSo()
    {
        await using var scene = await Scene.Start();
        _ = await scene.React("U0NOBODY", "Ev1");
        scene.Slack.Time.Advance(SlackInbox.LongestWait - TimeSpan.FromMinutes(1));
        Assert.Equal(1, await scene.Sweep());
        Assert.Empty(scene.Audit.Reasons);
        scene.Slack.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await scene.Sweep());
        Assert.Equal(["slack-given-up"], scene.Audit.Reasons);
        Assert.Empty(await scene.Rows.All(EventRow.Waiting, CancellationToken.None));
    }

    [Fact]
    public async Task AReaction_ToAMessageThatNobodyKnows_IsGivenUpSooner()
    {
        await using var scene = await Scene.Start(known: false);
        scene.Rows.Fails = false;
        _ = await scene.React("U0BOB", "Ev1");
        Assert.Equal(1, await scene.Sweep());
        scene.Slack.Time.Advance(SlackInbox.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal(0, await scene.Sweep());
        Assert.Equal(["slack-given-up"], scene.Audit.Reasons);
    }

    [Fact]
    public async Task AnEventThatIsDone_IsKnownWhenItComesAgain_AndTheSetThatIsReadWholeStaysEmpty()
    {
        await using var scene = await Scene.Start();
        scene.Rows.Fails = false;
        for (var i = 0; i < 20; i++) _ = await scene.React("U0NOBODY", $"Ev{i}");
        Assert.Empty(await scene.Rows.All(EventRow.Waiting, CancellationToken.None));
        Assert.Equal(20, scene.Slack.Server.Whispers.Count);
        scene.Slack.Time.Advance(TimeSpan.FromHours(25));
        await scene.Rows.Purge(scene.Slack.Time.GetUtcNow(), CancellationToken.None);
        Assert.Equal(SlackReplyKind.Taken, await scene.React("U0NOBODY", "Ev7"));
        Assert.Equal(20, scene.Slack.Server.Whispers.Count);
        Assert.Empty(await scene.Rows.All(EventRow.Waiting, CancellationToken.None));
    }

    /// <summary>An inbox over a store that does not find messages until it is let.</summary>
    private sealed class Scene(SlackFixture slack) : IAsyncDisposable
    {
        private SlackInbox? _inbox;

        public SlackFixture Slack => slack;
        public FailingRows Rows { get; } = new();
        public KeptAudit Audit { get; } = new();

        public static async Task<Scene> Start(bool known = true)
        {
            var scene = new Scene(await SlackFixture.Start());
            scene._inbox = scene.Slack.Inbox(scene.Rows, scene.Audit);
            var (set, key) = PostedRows.Index(SlackServer.Team, SlackServer.Channel, Ts);
            if (known) await scene.Rows.Add(set, key, JsonSerializer.Serialize(new MessageBinding("r-1042", 1, 1)), DateTimeOffset.MaxValue, CancellationToken.None);
            return scene;
        }

        public async Task<SlackReplyKind> React(string user, string id)
        {
            var (body, at) = (SlackPosts.Reaction(user, "x", Ts, id), $"{slack.Time.GetUtcNow().ToUnixTimeSeconds()}");
            var post = new SlackPost(Encoding.UTF8.GetBytes(body), at, SlackPosts.Sign(SlackServer.SigningSecret, at, body), "192.0.2.1");
            return (await _inbox!.Take(post, CancellationToken.None)).Kind;
        }

        public Task<int> Sweep() => _inbox!.HandleWaiting(CancellationToken.None);

        public ValueTask DisposeAsync() => slack.DisposeAsync();
    }

    /// <summary>Rows in memory, of which those of messages cannot be read.</summary>
    private sealed class FailingRows : IChannelStore
    {
        private readonly InMemoryChannelStore _rows = new();

        public bool Fails { get; set; } = true;

        public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) =>
            Fails && set.StartsWith("slack-message:", StringComparison.Ordinal) ? throw new IOException("The store does not answer.") : _rows.Find(set, key, cancellation);

        public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation) => _rows.All(set, cancellation);

        public Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) => _rows.Add(set, key, value, keepUntil, cancellation);

        public Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
            _rows.Replace(set, read, value, keepUntil, cancellation);

        public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation) => _rows.Write(set, writes, keepUntil, cancellation);

        public Task Remove(string set, string key, CancellationToken cancellation) => _rows.Remove(set, key, cancellation);

        public Task<int> Purge(DateTimeOffset now, CancellationToken cancellation) => _rows.Purge(now, cancellation);
    }

    private sealed class KeptAudit : IAuditLog
    {
        private readonly List<AuditEvent> _events = [];

        public IEnumerable<string?> Reasons => _events.Select(static happened => happened.Reason);

        public Task Append(AuditEvent happened, CancellationToken cancellation)
        {
            _events.Add(happened);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<AuditRow> Export(CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<Tombstone> Tombstones(CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation) => throw new NotSupportedException();
    }
}
