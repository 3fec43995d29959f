using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Slack;
using AccessFunctions.Integrations.Tests.Mail;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Integrations.Tests.Slack;

/// <summary>A board over rows in memory, and the Slack it talks to. Bob and Carol are linked, Ben is not in the directory.</summary>
internal sealed class SlackFixture : IAsyncDisposable
{
    private readonly OneRequest _requests = new();

    private SlackFixture(SlackServer server, ManualTimeProvider time) => (Server, Time, Board) = (server, time, NewBoard(server, time));

    public SlackServer Server { get; }
    public ManualTimeProvider Time { get; }
    public InMemoryChannelStore Rows { get; } = new();
    public SlackBoard Board { get; private set; }
    public SomePeople People { get; } = new(
        Notices.Alice with { SlackUserId = "U0ALICE" }, Notices.Bob with { SlackUserId = "U0BOB" }, Notices.Carol with { SlackUserId = "U0CAROL" }, Notices.Dave);

    public static async Task<SlackFixture> Start()
    {
        var time = new ManualTimeProvider(Notices.Noon);
        return new SlackFixture(await SlackServer.Start(time), time);
    }

    /// <summary>Another process with the same rows; what the first was in the middle of, it never finishes.</summary>
    public SlackBoard NewProcess() => Board = NewBoard(Server, Time);

    /// <summary>Brings the board in line with a request, which is also what a later look finds.</summary>
    public Task<bool> Bring(AccessRequest request)
    {
        _requests.Current = request;
        return Board.Bring(request, CancellationToken.None);
    }

    /// <summary>The request changes, and nobody tells the board.</summary>
    public void Becomes(AccessRequest request) => _requests.Current = request;

    public Task<(IReadOnlyList<AccessRequest> Caught, int Behind)> CatchUp(TimeSpan later)
    {
        Time.Advance(later);
        return Board.CatchUp(CancellationToken.None);
    }

    public async Task<PostedRow> Row(string key) => (await Board.Find(Notices.Open.Id, key, CancellationToken.None))!;

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    private SlackBoard NewBoard(SlackServer server, ManualTimeProvider time)
    {
        var settings = Settings(server);
        return new SlackBoard(Api(server, time, settings), Rows, _requests, People, Notices.Address, settings, time, NullLogger<SlackBoard>.Instance);
    }

    /// <summary>What takes reactions, over a store of the test's and no requests.</summary>
    public SlackInbox Inbox(IChannelStore store, IAuditLog audit)
    {
        var (settings, refused) = (Settings(Server), new RefusedCalls(audit, Time, NullLogger<RefusedCalls>.Instance));
        var decision = new SlackDecision(store, People, new RequestService(null!, _requests, People, null!, null!, Time), Board, refused);
        return new SlackInbox(store, decision, Api(Server, Time, settings), refused, Notices.Address, settings, Time, NullLogger<SlackInbox>.Instance);
    }

    private static SlackApi Api(SlackServer server, TimeProvider time, IOptions<SlackSettings> settings) => new(new Clients(), settings, time, NullLogger<SlackApi>.Instance);

    private static IOptions<SlackSettings> Settings(SlackServer server) => Options.Create(new SlackSettings
    {
        BotToken = SlackServer.Token,
        SigningSecret = SlackServer.SigningSecret,
        Channel = SlackServer.Channel,
        TeamId = SlackServer.Team,
        AppId = SlackServer.App,
        ApiAddress = server.Api.AbsoluteUri,
    });

    private sealed class Clients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new();
    }

    /// <summary>A store of one request.</summary>
    private sealed class OneRequest : IRequestReader
    {
        public AccessRequest? Current { get; set; }

        public Task<AccessRequest?> Find(string id, CancellationToken cancellation) => Task.FromResult(Current?.Id == id ? Current : null);

        public Task<Page<AccessRequest>> List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<RequestCounts> Count(RequestFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<EmergencyDebt>> EmergencyDebts(string person, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<string?> Justification(string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<string>> RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<string> Unfinished(string? after, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<string?> Newest(CancellationToken cancellation) => throw new NotSupportedException();
    }
}
