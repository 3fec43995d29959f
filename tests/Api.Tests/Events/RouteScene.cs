using System.Text;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Reply = AccessFunctions.Api.Tests.Support.Reply;

namespace AccessFunctions.Api.Tests.Events;

/// <summary>One API to call once, with the states that calls need and every event that they lead to.</summary>
internal sealed class RouteScene : IDisposable
{
    public const string Nobody = "";
    private const string ScimToken = "of-the-provider-0123456789abcdef";
    private readonly List<string> _codes = [];
    private (int Trail, int Outside, int Rows) _seen;

    public RouteScene()
    {
        var direct = Substitute.For<ISlackDirect>();
        direct.SendCode(default!, default!, default!, default).ReturnsForAnyArgs(call =>
        {
            _codes.Add(call.ArgAt<string>(1));
            return SlackDelivery.Taken;
        });
        var slack = Substitute.For<ISlackEvents>();
        slack.Take(default!, default).ReturnsForAnyArgs(new SlackReply(SlackReplyKind.Malformed, "not an event"));
        var mails = Substitute.For<IDemoMailbox>();
        mails.Find(default!, default).ReturnsForAnyArgs(new DemoMail("m-1", DateTimeOffset.UnixEpoch, Mail, "access@example.com"));
        Api = new TestApi(services =>
        {
            services.AddSingleton(direct);
            services.AddSingleton(slack);
            services.AddSingleton(mails);
            services.AddSingleton(new PostSecrets(["0123456789abcdef0123456789abcdef"]));
            services.AddSingleton(Substitute.For<IMailReader>());
            services.AddSingleton<Application.Channels.ReplyTokens>();
            services.AddSingleton(new ReplySettings("access@example.com", "mx.example.com"));
            services.AddSingleton<MailReplies>();
            services.AddSingleton<MailPosts>();
            services.AddSingleton(new ScimTokens([ScimToken]));
        });
        Api.Audit.Export(default).ReturnsForAnyArgs(_ => Empty());
        Api.Audit.Checkpoints(default).ReturnsForAnyArgs([]);
        Api.Platform.Secret(default!, default).ReturnsForAnyArgs(new ReleasedSecret(new Dictionary<string, string> { ["password"] = "p" }));
    }

    public TestApi Api { get; }

    public string LastCode => _codes[^1];

    public void Dispose() => Api.Dispose();

    /// <summary>From here on <see cref="News"/> counts.</summary>
    public void Mark() => _seen = (Api.AuditTrail.Count, Api.Requests.Outside.Count, Api.Requests.AllRows.Count());

    /// <summary>Every event since the mark, in chains and in the host's stream.</summary>
    public IReadOnlyList<AuditEvent> News() =>
    [
        .. Api.AuditTrail.Skip(_seen.Trail), .. Api.Requests.Outside.Skip(_seen.Outside), .. Api.Requests.AllRows.Skip(_seen.Rows).Select(static row => AuditBody.Read(row).Event),
    ];

    /// <summary>A request of alice's, in the state that a change makes of it.</summary>
    public async Task<string> Request(Func<AccessRequest, AccessRequest>? change = null)
    {
        var id = (string)(await Api.Submitted())["id"]!;
        if (change is not null) Api.Requests.Set(change((await Api.Requests.Find(id, default))!));
        Mark();
        return id;
    }

    public Task<string> Active(GrantState state = GrantState.Granted, Phase phase = Phase.Active, bool emergency = false) => Request(request => request with
    {
        Phase = phase,
        Level = 0,
        Policy = request.Policy with { ExtendUpTo = TimeSpan.FromHours(2) },
        Emergency = emergency ? new Emergency { Justification = "down", DeclaredAt = Api.Clock.GetUtcNow(), ReviewDueAt = Api.Clock.GetUtcNow().AddDays(1), NoticeReachedAt = Api.Clock.GetUtcNow() } : null,
        Grants = [request.Grants[0] with { State = state, GrantedAt = Api.Clock.GetUtcNow(), Fulfillers = ["bob"] }],
    });

    /// <summary>The link to a recording that alice may view.</summary>
    public async Task<string> Recording()
    {
        var link = await Api.Recorded();
        Mark();
        return link;
    }

    /// <summary>Calls with JSON, as somebody or as <see cref="Nobody"/>.</summary>
    public Task<Reply> Send(string method, string path, string by, object? body = null, params (string Name, string Value)[] headers) =>
        Api.Send(method, path, by.Length == 0 ? null : by, body, headers);

    /// <summary>Calls the SCIM service, with its token or as <see cref="Nobody"/>.</summary>
    public Task<Reply> Scim(string method, string path, string by, object? body = null) => Api.SendToken(method, $"/scim/v2{path}", by.Length == 0 ? null : ScimToken, body);

    /// <summary>Adds a resource before what is looked at; its id.</summary>
    public async Task<string> ScimId(string kind, object body)
    {
        var id = (string)(await Scim("POST", kind, SystemActors.Scim, body)).Json["id"]!;
        Mark();
        return id;
    }

    /// <summary>Posts a form.</summary>
    public Task<Reply> Post(string path, string by, params (string Name, string Value)[] fields)
    {
        var body = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));
        var http = Api.Context("POST", path, Encoding.UTF8.GetBytes(body));
        http.Request.ContentType = "application/x-www-form-urlencoded";
        if (by.Length > 0) http.Request.Headers.Authorization = $"Bearer {Api.Issuer.Mint(by, TimeSpan.FromMinutes(10))}";
        return Api.Run(http);
    }

    private static InboundMail Mail => new() { Fingerprint = new string('0', 64), Fields = [], From = [], Recipients = ["bob@example.com"], Text = new Lazy<string>("") };

    private static async IAsyncEnumerable<AuditRow> Empty()
    {
        await Task.CompletedTask;
        yield break;
    }
}
