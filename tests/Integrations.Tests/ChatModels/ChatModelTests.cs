using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Integrations.ChatModels;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Integrations.Tests.ChatModels;

/// <summary>
/// The configured model, against a server that speaks chat completions as OpenAI documents them ("Chat Completions: Create", platform.openai.com/docs/api-reference/chat/create):
/// bearer key, <c>tools</c> in, <c>tool_calls</c> out, their results back in messages of role <c>tool</c>.
/// </summary>
public sealed class ChatModelTests : IAsyncLifetime
{
    private readonly Server _server = new();

    public async ValueTask InitializeAsync() => await _server.Begin();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Model_IsGivenTools_CallsThem_AndAnswers()
    {
        _server.Answers.Enqueue((200, Completion(new { role = "assistant", tool_calls = new[] { new { id = "call-1", type = "function", function = new { name = "find", arguments = "{\"what\":\"x\"}" } } } }, "tool_calls")));
        _server.Answers.Enqueue((200, Completion(new { role = "assistant", content = "It is there." }, "stop")));
        using var model = Model("key-of-ours");
        using var client = model.AsBuilder().UseFunctionInvocation().Build();
        var found = AIFunctionFactory.Create((string what) => $"found {what}", "find");
        var answer = await client.GetResponseAsync("where is x?", new ChatOptions { Tools = [found], MaxOutputTokens = 10, Temperature = 0 }, TestContext.Current.CancellationToken);
        Assert.Equal("It is there.", answer.Text);
        Assert.Equal(("small", "find"), ((string)_server.Asked[0]["model"]!, (string)_server.Asked[0]["tools"]![0]!["function"]!["name"]!));
        var told = Assert.Single(_server.Asked[1]["messages"]!.AsArray(), static message => (string)message!["role"]! == "tool")!;
        Assert.Equal(("call-1", "found x"), ((string)told["tool_call_id"]!, ((string)told["content"]!).Trim('"')));
    }

    [Fact]
    public async Task Model_ThatRefusesTheKey_FailsWithoutTellingIt()
    {
        using var model = Model("wrong-key");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => model.GetResponseAsync("x", cancellationToken: TestContext.Current.CancellationToken));
        Assert.DoesNotContain("wrong-key", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://models.example.com/v1", "small", "k")]
    [InlineData("https://models.example.com/v1", "", "k")]
    [InlineData("https://models.example.com/v1", "small", "")]
    public void Settings_ThatCannotBeMeant_AreRefused(string endpoint, string name, string key)
    {
        using var services = Services(endpoint, name, key);
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ChatModelOptions>>().Value);
    }

    [Fact]
    public void WithoutSettings_ThereIsNoModel()
    {
        using var services = Services("", "", "");
        Assert.Null(services.GetService<IChatClient>());
    }

    private IChatClient Model(string key) => Services($"{_server.Address}v1", "small", key).GetRequiredService<IChatClient>();

    private static ServiceProvider Services(string endpoint, string name, string key) => new ServiceCollection().AddChatModel(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Assistant:Model:Endpoint"] = endpoint,
        ["Assistant:Model:Name"] = name,
        ["Assistant:Model:Key"] = key,
    }).Build()).BuildServiceProvider();

    private static object Completion(object message, string finish) => new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1_800_000_000,
        model = "small",
        choices = new[] { new { index = 0, message = JsonSerializer.SerializeToNode(message), finish_reason = finish } },
        usage = new { prompt_tokens = 1, completion_tokens = 1, total_tokens = 2 },
    };

    /// <summary>Answers what it is told to, to whoever has the key.</summary>
    private sealed class Server : LocalServer
    {
        public List<JsonNode> Asked { get; } = [];

        public Queue<(int Status, object Body)> Answers { get; } = new();

        protected override void Map(WebApplication app) => app.MapPost("/v1/chat/completions", async (HttpContext http) =>
        {
            if (http.Request.Headers.Authorization != "Bearer key-of-ours") return Results.Json(new { error = new { message = "Incorrect API key provided.", type = "invalid_request_error", code = "invalid_api_key" } }, statusCode: 401);
            Asked.Add((await JsonNode.ParseAsync(http.Request.Body))!);
            var (status, body) = Answers.Dequeue();
            return Results.Json(body, statusCode: status);
        });
    }
}
