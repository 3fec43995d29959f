using System.Net;
using System.Text.Json;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>Changes of settings that need approval: direct edits lead to the form that asks, and every page that decides shows the difference.</summary>
public sealed class SettingsPageTests : IDisposable
{
    private const string Resource = "settings/access-groups/analysts";
    private static readonly SettingsChange Harmful = new() { Base = "v1", Before = "same\n  old <b>line</b>", After = "same\n  </ins><script>alert(1)</script>" };
    private readonly TestApi _api = new();
    private readonly ISettingsPlatform _settings = Substitute.For<ISettingsPlatform>();

    public SettingsPageTests()
    {
        _settings.Name.Returns("settings");
        _settings.Kinds.Returns([AccessKind.Settings]);
        _settings.Parameters.Returns([new PlatformParameter { Name = "change", Label = "Document", Required = true, Lines = 24 }, new PlatformParameter { Name = "base", Label = "Version" }]);
        _settings.Find("access-groups/analysts", Arg.Any<CancellationToken>()).Returns(new SettingsDocument("v1", "what it says <now>"));
        _settings.Read(default!, default!, default!, default).ReturnsForAnyArgs(Harmful);
        _api.Platforms.All.Returns(_ => [_api.Platform, _settings]);
        _api.Platforms.Find("settings").Returns(_settings);
        _api.Groups.Save(new AccessGroup
        {
            Id = "change-control",
            Members = ["dave"],
            Resources = ["settings/access-groups/*", "settings/people/bob", "settings/platforms/pg"],
            Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Settings] = new(Mode.Approve) },
            Approvers = ["bob"],
            AllowBatch = true,
        }, null, default).GetAwaiter().GetResult();
    }

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Put_OfWhatNeedsApproval_IsRefused_WithTheAddressToAskAt()
    {
        var group = JsonSerializer.Serialize(TestApi.Analysts with { Name = "x" }, DomainJson.Default.AccessGroup);
        var reply = await _api.Send("PUT", "/api/access-groups/analysts", "dave", group, ("If-Match", "\"v1\""));
        Assert.Equal(403, reply.Status);
        Assert.EndsWith("#approval-required", (string)reply.Json["type"]!, StringComparison.Ordinal);
        Assert.Contains("/request?resource=settings%2Faccess-groups%2Fanalysts&kind=Settings", (string)reply.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(403, (await _api.Send("DELETE", "/api/access-groups/analysts", "dave", null, ("If-Match", "\"v1\""))).Status);
        Assert.Equal(403, (await _api.Send("PUT", "/api/access-groups/fresh", "dave", group.Replace("\"analysts\"", "\"fresh\"", StringComparison.Ordinal), ("If-None-Match", "*"))).Status);
        Assert.Equal("v1", _api.Groups.Find("analysts")!.Version);
    }

    [Fact]
    public async Task Platforms_LeadToTheFormThatAsks_AndPreviewBringsTheDocument()
    {
        Assert.Contains("href=\"/request?resource=settings%2Fplatforms%2Fpg&amp;kind=Settings\"", (await _api.Open("/access?by=Platform", "dave")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Ask for a change", (await _api.Open("/access?by=Platform", "erin")).Text, StringComparison.Ordinal);

        var ask = $$"""{ "resources": ["{{Resource}}"], "kind": "Settings", "parameters": {} }""";
        var document = (await _api.Send("POST", "/api/policy/preview", "dave", ask)).Json["document"]!;
        Assert.Equal(("v1", "what it says <now>"), ((string)document["version"]!, (string)document["text"]!));
        Assert.Null((await _api.Send("POST", "/api/policy/preview", "alice", ask)).Json["document"]);
    }

    [Fact]
    public async Task RolesAndStandIn_OfWhoNeedsApproval_AreRefused()
    {
        foreach (var (method, path, body) in new[]
        {
            ("PUT", "/api/people/bob/roles", """{ "roles": ["Auditor"] }"""),
            ("PUT", "/api/people/bob/delegate", """{ "standIn": "carol", "from": "2026-11-21T09:00:00Z", "until": "2026-11-22T09:00:00Z" }"""),
            ("PUT", "/api/people/bob/slack", """{ "slackUserId": "U0BOB" }"""),
        })
        {
            var reply = await _api.Send(method, path, "dave", body);
            Assert.Equal(403, reply.Status);
            Assert.EndsWith("#approval-required", (string)reply.Json["type"]!, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await _api.Send("PUT", "/api/people/carol/roles", "dave", """{ "roles": ["Auditor"] }""")).Status);
    }

    [Fact]
    public async Task EditPage_LeadsToTheForm_FilledIn_AndSavesNothing()
    {
        var document = JsonSerializer.Serialize(TestApi.Analysts with { Name = "x" }, DomainJson.Default.AccessGroup);
        var looked = new PageReply(await _api.Post("/access-groups/analysts/edit", "dave", ("document", document), ("version", "v1"), ("step", "check")));
        Assert.Contains("Changes of this access group need approval", looked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Save these changes", looked.Text, StringComparison.Ordinal);
        Assert.Contains("Ask for these changes", looked.Text, StringComparison.Ordinal);
        Assert.Contains($"name=\"resource\" value=\"{Resource}\"", looked.Html, StringComparison.Ordinal);
        Assert.Contains("name=\"parameter.base\" value=\"v1\"", looked.Html, StringComparison.Ordinal);

        var forced = await _api.Post("/access-groups/analysts/edit", "dave", ("document", document), ("version", "v1"), ("step", "save"),
            ("checked", System.Text.RegularExpressions.Regex.Match(looked.Html, "name=\"checked\" value=\"([^\"]*)\"").Groups[1].Value));
        Assert.Equal(403, forced.Status);
        Assert.Equal("v1", _api.Groups.Find("analysts")!.Version);
        Assert.Contains("Ask for its deletion", (await _api.Open("/access-groups/analysts/delete", "dave")).Text, StringComparison.Ordinal);

        var form = new PageReply(await _api.Post("/request", "dave", ("step", "preview"), ("kind", "Settings"), ("resource", Resource), ("parameter.change", document), ("parameter.base", "v1")));
        Assert.Contains("What would change", form.Text, StringComparison.Ordinal);
        Assert.Contains("Level 1: Bob", form.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewGroup_ThatNeedsApproval_IsAskedFor()
    {
        var document = JsonSerializer.Serialize(TestApi.Analysts with { Id = "fresh" }, DomainJson.Default.AccessGroup);
        var looked = new PageReply(await _api.Post("/new-access-group", "dave", ("id", "fresh"), ("document", document), ("step", "check")));
        Assert.Contains("Ask for this access group", looked.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"resource\" value=\"settings/access-groups/fresh\"", looked.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_HoldsWhatTheDocumentSays_ForWhoMayAsk_AndForNobodyElse()
    {
        var form = await _api.Open($"/request?resource={Resource}&kind=Settings", "dave");
        Assert.Contains("what it says &lt;now&gt;", form.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"v1\"", form.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("what it says", (await _api.Open($"/request?resource={Resource}&kind=Settings", "alice")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfTheDocument_IsShownAtItsField()
    {
        _settings.Read(default!, default!, default!, default).ReturnsForAnyArgs(call =>
        {
            call.Arg<FieldErrors>().Add("parameters.base", "the document is at version v7");
            call.Arg<FieldErrors>().Add("parameters.change", "line 3: members: nobody <could>");
            return (SettingsChange?)null;
        });
        var asked = await Ask();
        Assert.Equal(422, asked.Status);
        Assert.Equal(["parameters.base", "parameters.change"], asked.Json["errors"]!.AsObject().Select(static pair => pair.Key).Order(StringComparer.Ordinal));
        var page = new PageReply(await _api.Post("/request", "dave", ("step", "submit"), ("kind", "Settings"), ("resource", Resource), ("justification", "why"), ("length", "usual"), ("parameter.change", "{}")));
        Assert.Equal(422, page.Status);
        Assert.Contains("href=\"#parameter-change\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("nobody &lt;could&gt;", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryPageThatDecides_ShowsTheDifference_Escaped()
    {
        var asked = await Ask();
        Assert.Equal(201, asked.Status);
        var id = (string)asked.Json["id"]!;
        Assert.Equal((Harmful.Before, Harmful.After, ChangeWords.Hash(Harmful)), ((string)asked.Json["change"]!["before"]!, (string)asked.Json["change"]!["after"]!, (string)asked.Json["change"]!["sha256"]!));
        foreach (var page in new[] { await _api.Open($"/requests/{id}", "bob"), await _api.Open("/approvals", "bob"), await _api.Get(_api.Link(id)) })
        {
            Assert.Equal(200, page.Status);
            Assert.Contains("</span>-   old &lt;b&gt;line&lt;/b&gt;</del>", page.Html, StringComparison.Ordinal);
            Assert.Contains("</span>&#x2B;   &lt;/ins&gt;&lt;script&gt;alert(1)&lt;/script&gt;</ins>", page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        }

        Assert.Contains(ChangeWords.Hash(Harmful), (await _api.Open($"/requests/{id}", "bob")).Text, StringComparison.Ordinal);

        // A list that is decided at once shows none of it.
        Assert.DoesNotContain("name=\"pick\"", (await _api.Open("/approvals", "bob")).Html, StringComparison.Ordinal);
    }

    private Task<Reply> Ask() => _api.Send("POST", "/api/requests", "dave", JsonSerializer.Serialize(new
    {
        resources = new[] { Resource },
        kind = "Settings",
        justification = "more approvers",
        parameters = new Dictionary<string, string> { ["change"] = "{}", ["base"] = "v1" },
    }));
}
