using System.Text.Json;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Tests.Assistants;

public sealed class AskQuestionTests : IDisposable
{
    private readonly ScriptedModel _model = new();
    private readonly TestApi _api = new();
    private readonly TestApi _withModel;

    public AskQuestionTests()
    {
        _withModel = new TestApi(services => services.AddSingleton<IChatClient>(_model));
        foreach (var api in (TestApi[])[_api, _withModel])
        {
            api.Inventory.Put("pg", api.Clock.GetUtcNow(), new IdentityFact("alice", IdentityKind.Login) { Email = "<b>alice</b>@example.com" }, new IdentityFact("etl", IdentityKind.Login),
                new IdentityFact("reader", IdentityKind.Role), new MembershipFact("alice", "reader"), new PrivilegeFact("reader", "pg/sales", ["SELECT"]));
        }
    }

    public void Dispose()
    {
        _api.Dispose();
        _withModel.Dispose();
    }

    [Fact]
    public async Task Access_IsSaidWithItsPath_AndHowOldTheFactsAre()
    {
        _api.Clock.Advance(TimeSpan.FromMinutes(7));
        var answer = (await Ask(_api, "erin", "does Alice have access to pg/sales?")).Json;
        Assert.Equal("Yes: alice has access to pg/sales. alice has SELECT on pg/sales as pg/alice through reader, standing. The platform's facts are of 2026-11-21 09:00 UTC.", (string)answer["answer"]!);
        var evidence = Assert.Single(answer["evidence"]!.AsArray())!;
        Assert.Equal(("check_access", 420L), ((string)evidence["tool"]!, (long)evidence["result"]!["factsAgeSeconds"]!));
        Assert.Equal("No: nothing gives bob access to pg/sales. The platform's facts are of 2026-11-21 09:00 UTC.", (string)(await Ask(_api, "erin", "can bob read pg/sales")).Json["answer"]!);
        Assert.Contains("no platform of that name", (string)(await Ask(_api, "erin", "who has access to mars/sales")).Json["answer"]!, StringComparison.Ordinal);
        Assert.Contains("Nobody in the directory", (string)(await Ask(_api, "erin", "what does Zorro have access to")).Json["answer"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheRule_IsSaid_ForTheOnlyKindOnOffer_AndAskedForWhereThereAreSeveral()
    {
        var rule = (await Ask(_api, "alice", "who approves access to pg/sales?")).Json;
        Assert.StartsWith("Access group analysts applies (Approve): level 1: bob or dave, then level 2: carol.", (string)rule["answer"]!, StringComparison.Ordinal);
        await _api.Groups.Save(TestApi.Analysts with { Rules = TestApi.Analysts.Rules.Append(new(AccessKind.Credential, new(Mode.Approve))).ToDictionary() }, _api.Groups.Find("analysts")!.Version, default);
        var several = await Ask(_api, "alice", "who approves access to pg/sales?");
        Assert.Equal(422, several.Status);
        Assert.Contains("Role or Credential", (string)several.Json["errors"]!["question"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_IsInTheAuditTrail_InItsDetailAlone()
    {
        await Ask(_api, "alice", "what can I ask for?");
        var asked = Assert.Single(_api.AuditTrail, static happened => happened.Type == EventTypes.Host.QuestionAsked);
        Assert.Equal(("alice", "question", "rules", true), (asked.Actor, asked.Resource, asked.Reason, asked.Succeeded));
        Assert.Equal("what can I ask for?", asked.Detail!.More["question"]);
        Assert.Single(_api.AuditTrail, static happened => happened.Type == EventTypes.Host.AssistantToolUsed);
        await Ask(_api, "alice", "I need pg/sales as reader because of my health");
        Assert.DoesNotContain(_api.AuditTrail, static happened => happened.Type == EventTypes.Host.AssistantToolUsed && happened.Detail!.More["arguments"].Contains("health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task APlatformThatNeverToldAll_IsNotAnsweredWithNo()
    {
        using var api = new TestApi();
        Assert.StartsWith("No grant gives bob access to pg/sales;", (string)(await Ask(api, "erin", "can bob read pg/sales")).Json["answer"]!, StringComparison.Ordinal);
        await using (await api.Inventory.Begin("pg", default))
        {
            Assert.Equal("NoneKnown", (string)(await Ask(api, "erin", "can bob read pg/sales")).Json["evidence"]![0]!["result"]!["access"]!);
        }
    }

    [Fact]
    public async Task AGroupWithMembersThatNobodyTold_IsNotAnsweredWithNo()
    {
        using var api = new TestApi();
        api.Inventory.Put("pg", api.Clock.GetUtcNow(), new IdentityFact("group:team@example.org", IdentityKind.Group) { MembersUnknown = true }, new PrivilegeFact("group:team@example.org", "pg/sales", ["SELECT"]));
        var team = (await Ask(api, "erin", "can bob read pg/sales")).Json;
        Assert.Equal("NoneKnown", (string)team["evidence"]![0]!["result"]!["access"]!);
        Assert.Contains("groups whose members are not known here", (string)team["answer"]!, StringComparison.Ordinal);
        Assert.Equal("No", (string)(await Ask(api, "erin", "can bob read pg/other")).Json["evidence"]![0]!["result"]!["access"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public async Task Question_ThatIsEmpty_IsRefused(string question) => Assert.Equal("invalid", (await Ask(_api, "alice", question)).Problem);

    [Fact]
    public async Task AModel_GetsWhatTheRulesDoNotUnderstand_AndSeesWhatTheCallerSees()
    {
        _model.Calls("check_access", new { person = "alice", resource = "pg/sales" });
        _model.Says("Alice can select from pg/sales.");
        var answer = (await Ask(_withModel, "erin", "I wonder about alice and pg/sales, what is the matter there?")).Json;
        Assert.Equal(("Model", "Alice can select from pg/sales."), ((string)answer["answeredBy"]!, (string)answer["answer"]!));
        Assert.Equal("Yes", (string)Assert.Single(answer["evidence"]!.AsArray())!["result"]!["access"]!);
        Assert.Equal(6, _model.Tools.Count);

        _model.Calls("check_access", new { person = "alice" });
        _model.Says("I cannot see that.");
        var refused = (await Ask(_withModel, "olga", "hm, alice?")).Json;
        Assert.Equal("not-permitted", (string)refused["evidence"]![0]!["result"]!["problem"]!);
        Assert.Contains("not-permitted", _model.LastSeen, StringComparison.Ordinal);
        Assert.Equal(["model", "model"], _withModel.AuditTrail.Where(static happened => happened.Type == EventTypes.Host.AssistantToolUsed).Select(static happened => happened.Detail!.More["through"]));
    }

    [Fact]
    public async Task AModel_ThatIsDown_LeavesTheRules_AndSaysSo()
    {
        _model.Fails();
        var down = await Ask(_withModel, "alice", "hm?");
        Assert.Equal((503, "unavailable"), (down.Status, down.Problem));
        Assert.Contains("who has access to", (string)down.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal([("model", true), ("not-answered", false)], _withModel.AuditTrail.Where(static happened => happened.Type == EventTypes.Host.QuestionAsked).Select(static happened => (happened.Reason, happened.Succeeded)));
        Assert.Equal("Nobody in the directory has this id, name or address. Use an id of GET /api/people.", ((string)(await Ask(_withModel, "erin", "what does Zorro have access to?")).Json["answer"]!)["person: ".Length..]);
        Assert.Equal("Rules", (string)(await Ask(_withModel, "alice", "what can I ask for?")).Json["answeredBy"]!);
    }

    private static Task<Reply> Ask(TestApi api, string by, string question) => api.Send("POST", "/api/ask", by, new { question });

    /// <summary>A model that does what it was told beforehand.</summary>
    private sealed class ScriptedModel : IChatClient
    {
        private readonly Queue<Func<ChatMessage>> _turns = new();

        public IList<AITool> Tools { get; private set; } = [];
        public string LastSeen { get; private set; } = "";

        public void Calls(string tool, object arguments) => _turns.Enqueue(() => new ChatMessage(ChatRole.Assistant,
            [new FunctionCallContent("call-1", tool, JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(static pair => pair.Name, static object? (pair) => pair.Value))]));

        public void Says(string words) => _turns.Enqueue(() => new ChatMessage(ChatRole.Assistant, words));

        public void Fails() => _turns.Enqueue(static () => throw new HttpRequestException("no route to host"));

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Tools = options!.Tools!;
            LastSeen = string.Join('\n', messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>().Select(static result => result.Result?.ToString()));
            return Task.FromResult(new ChatResponse(_turns.Dequeue()()));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
