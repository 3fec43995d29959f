using Xunit;

namespace AccessFunctions.Conformance.Tests.Replies;

/// <summary>What any host must do with a mailbox of Microsoft Graph that replies arrive in.</summary>
public abstract class MailboxScenarios
{
    /// <summary>Starts a host with these settings.</summary>
    protected abstract Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings);

    /// <summary>What the host has handed to its mail transport so far, in no order.</summary>
    protected abstract Task<IReadOnlyList<SentMail>> Mails(IScenarioHost host);

    /// <summary>Has the host read the mailbox, as it does by the clock.</summary>
    protected abstract Task Read(IScenarioHost host);

    [Fact]
    public async Task UnreadReplies_AreDecided_AndMarkedAsRead()
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        var asked = await Ask(host, graph, "bob", "m-1", "<p>Approve</p><p>Fine.</p>");
        graph.Deliver("m-2", MailGateway.GraphMessage("eve", "access@example.org", "<p>Buy now</p>", "m-2"));
        await Read(host);
        Assert.Empty(graph.Unread);
        var seen = await host.As("alice").See(asked);
        Assert.Equal(("2", "Fine."), (seen["level"], seen.Body.GetProperty("reviews")[0].GetProperty("comment").GetString()));

        // What was read stays so, and is not looked at again.
        var calls = graph.Calls.Count;
        await Read(host);
        Assert.Equal(calls + 1, graph.Calls.Count);
        Assert.Equal(1, graph.Tokens);
        Assert.All(graph.Calls.Where(call => call.StartsWith("GET", StringComparison.Ordinal)), call => Assert.Contains("$select=", Uri.UnescapeDataString(call), StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFullMailbox_IsReadPageByPage()
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        for (var i = 0; i < 120; i++) graph.Deliver($"m-{i:d3}", MailGateway.GraphMessage("eve", "access@example.org", "<p>Buy now</p>", $"m-{i}"));
        var asked = await Ask(host, graph, "bob", "m-999", "<p>APPROVE</p>");
        await Read(host);
        Assert.Empty(graph.Unread);
        Assert.Equal("2", (await host.As("alice").See(asked))["level"]);
        Assert.Equal(3, graph.Calls.Count(call => call.Contains("mailFolders", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task ABusyGraph_IsLeftAlone_ForAsLongAsItAsks(int status)
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        var asked = await Ask(host, graph, "bob", "m-1", "<p>APPROVE</p>");
        graph.FailNext("GET", status, retryAfter: "120");
        await Read(host);
        var calls = graph.Calls.Count;
        host.Advance(TimeSpan.FromSeconds(119));
        await Read(host);
        Assert.Equal(calls, graph.Calls.Count);
        host.Advance(TimeSpan.FromSeconds(1));
        await Read(host);
        Assert.Empty(graph.Unread);
        Assert.Equal("2", (await host.As("alice").See(asked))["level"]);
    }

    [Fact]
    public async Task ATokenThatIsRefused_IsReplacedOnce()
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        _ = await Ask(host, graph, "bob", "m-1", "<p>APPROVE</p>");
        await Read(host);
        _ = await Ask(host, graph, "bob", "m-2", "<p>APPROVE</p>");
        graph.FailNext("GET", 401);
        await Read(host);
        Assert.Empty(graph.Unread);
        Assert.Equal(2, graph.Tokens);

        // Refused for good: one more token, and no more calls than that.
        _ = await Ask(host, graph, "bob", "m-3", "<p>APPROVE</p>");
        graph.FailNext("GET", 401);
        graph.FailNext("GET", 401);
        await Read(host);
        Assert.Equal(3, graph.Tokens);
        Assert.Equal(["m-3"], graph.Unread);
        await Read(host);
        Assert.Empty(graph.Unread);
    }

    [Fact]
    public async Task ACrashBeforeTheMark_RepeatsTheMessage_AndNothingElse()
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        var asked = await Ask(host, graph, "bob", "m-1", "<p>APPROVE</p>");
        graph.FailNext("PATCH", 500);
        await Read(host);
        Assert.Equal(["m-1"], graph.Unread);
        var sequence = (await host.As("alice").See(asked))["sequence"];
        await Read(host);
        Assert.Empty(graph.Unread);
        var now = await host.As("alice").See(asked);
        Assert.Equal((sequence, 1), (now["sequence"], now.Body.GetProperty("reviews").GetArrayLength()));
        Assert.Single(await Mails(host), mail => mail.Text.Contains("you approved", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    public async Task AMessage_ThatGraphCannotHandOver_OrMark_KeepsNoOtherFromItsTurn(string method)
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        graph.Deliver("m-1", MailGateway.GraphMessage("eve", "access@example.org", "<p>Buy now</p>", "m-1"));
        var asked = await Ask(host, graph, "bob", "m-2", "<p>APPROVE</p>");
        graph.Break(method, "m-1");
        await Read(host);
        Assert.Equal(["m-1"], graph.Unread);
        Assert.Equal("2", (await host.As("alice").See(asked))["level"]);
    }

    [Fact]
    public async Task ATokenEndpointThatIsDown_IsAskedAgainByTheNextRun()
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        _ = await Ask(host, graph, "bob", "m-1", "<p>APPROVE</p>");
        graph.FailNext("TOKEN", 500);
        await Read(host);
        Assert.Equal(["m-1"], graph.Unread);
        await Read(host);
        Assert.Empty(graph.Unread);
    }

    [Fact]
    public async Task ANextPageElsewhere_IsNotFollowed()
    {
        await using var graph = await GraphServer.Start();
        await using var other = await GraphServer.Start();
        await using var host = await Start(graph.Settings);
        for (var i = 0; i < 60; i++) graph.Deliver($"m-{i:d3}", MailGateway.GraphMessage("eve", "access@example.org", "<p>Buy now</p>", $"m-{i}"));
        graph.NextPageElsewhere = other.Address;
        await Read(host);
        Assert.Empty(other.Calls);
        Assert.Equal(60, graph.Unread.Count);
    }

    /// <summary>Asks for the secret, and delivers this person's reply to the mail that asks them.</summary>
    private async Task<string> Ask(IScenarioHost host, GraphServer graph, string person, string id, string html)
    {
        var known = (await Mails(host)).Select(mail => mail.ReplyTo).ToHashSet();
        var asked = await host.As("alice").AskForSecret();
        string? to = null;
        await host.Until(async () => (to = (await Mails(host)).FirstOrDefault(mail => mail.To == $"{person}@example.org" && mail.ReplyTo?.Contains('+', StringComparison.Ordinal) == true && !known.Contains(mail.ReplyTo))?.ReplyTo) is not null, $"{person} is asked by mail");
        graph.Deliver(id, MailGateway.GraphMessage(person, to!, html, id));
        return asked.Id;
    }
}
