using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>What pages say, and what they do not say.</summary>
public sealed class WordsTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("/access-groups/analysts?saved=true")]
    [InlineData("/profile?done=slack-linked")]
    [InlineData("/profile?done=code-sent")]
    [InlineData("/profile?done=stand-in-set")]
    public async Task WhatAnAddressAloneSays_IsNotSaid(string path)
    {
        var page = await _api.Open(path, "dave");
        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("alert-success", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("confirm-done")]
    [InlineData("confirm-removed")]
    [InlineData("revoke")]
    public async Task WhatNobodyDidToARequest_IsNotSaid(string done)
    {
        await _api.Do("/request", "alice", ("resource", "pg/sales"), ("kind", "Role"), ("role", "reader"), ("justification", "x"));
        var request = Assert.Single((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
        Assert.DoesNotContain("alert-success", (await _api.Open($"/requests/{request.Id}?done={done}", "alice")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/request?colour=red", "This page knows nothing that is called \"colour\".")]
    [InlineData("/request?q=a&q=b", "It says \"q\" twice.")]
    [InlineData("/request?kinds=Nonsense", "What it says for \"kinds\" cannot be used. One of")]
    public async Task AnAddressThatCannotBeRead_IsToldInPeoplesWords(string path, string words)
    {
        var page = await _api.Open(path, "alice");
        Assert.Equal((400, "This address cannot be read"), (page.Status, page.Title));
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("named in errors", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASlackUser_CanBeUnlinked_WhereSlackIsNotSetUp()
    {
        _api.People.Set("alice", person => person with { SlackUserId = "U0ALICE" });
        var page = await _api.Open("/profile", "alice");
        Assert.Contains("Remove the link", page.Text, StringComparison.Ordinal);
        Assert.Contains("no reaction counts", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheMenu_MarksAccessGroups_WhereOneIsMade() =>
        Assert.Contains("<a href=\"/access-groups\" aria-current=\"page\">", (await _api.Open("/new-access-group", "dave")).Html, StringComparison.Ordinal);
}
