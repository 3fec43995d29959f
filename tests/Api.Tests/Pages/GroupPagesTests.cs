using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AccessFunctions.Api.Pages.Groups;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Settings;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>The pages of access groups: read by those they concern, edited by administrators against the version they read.</summary>
public sealed class GroupPagesTests : IDisposable
{
    private const string Path = "/access-groups/analysts";
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("dave", 200)]
    [InlineData("erin", 200)]
    [InlineData("alice", 200)]
    [InlineData("bob", 404)]
    public async Task Group_IsForThoseItCovers_AndForThoseWhoOversee(string by, int status)
    {
        Assert.Equal(status, (await _api.Send("GET", Path, by)).Status);
        var list = await _api.Send("GET", "/access-groups", by);
        Assert.Equal(status == 200, list.Text.Contains($"href=\"{Path}\"", StringComparison.Ordinal));
        Assert.Equal(status != 200, list.Text.Contains("No access group has you as a member", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Group_IsSaidInWords()
    {
        var page = WebUtility.HtmlDecode((await _api.Send("GET", Path, "alice")).Text);
        Assert.Contains("Role: approved by people", page, StringComparison.Ordinal);
        Assert.Contains("Bob (bob), Dave (dave)", page, StringComparison.Ordinal);
        Assert.Contains("<h2 class=\"h5 pt-2\">Level 2</h2>", page, StringComparison.Ordinal);
        Assert.Contains("1 approval, or 1 denial", page, StringComparison.Ordinal);
        Assert.Contains("<dd dir=\"auto\">8h</dd>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/edit", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Path}/edit\"", (await _api.Send("GET", Path, "dave")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("erin")]
    [InlineData("alice")]
    public async Task Edit_IsForAdministrators(string by)
    {
        Assert.Equal(403, (await _api.Send("GET", Path + "/edit", by)).Status);
        Assert.Equal(403, (await Post(by, ("document", "{}"))).Status);
    }

    [Fact]
    public async Task Edit_ShowsWhatWouldChange_AndSavesExactlyThat()
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var shown = await Post("dave", ("document", changed), ("version", version), ("step", "check"));
        Assert.Equal(200, shown.Status);
        Assert.Contains("</span>-   &quot;maxDuration&quot;: &quot;8h&quot;,</del>", shown.Text, StringComparison.Ordinal);
        Assert.Contains("</span>&#x2B;   &quot;maxDuration&quot;: &quot;4h&quot;,</ins>", shown.Text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(8), _api.Groups.Find("analysts")!.Group.MaxDuration);

        var saved = await Post("dave", ("document", changed), ("version", version), ("checked", Hidden(shown, "checked")), ("step", "save"));
        Assert.Equal((303, Path + "?saved=true"), (saved.Status, saved.Headers.Location.ToString()));
        Assert.Equal(TimeSpan.FromHours(4), _api.Groups.Find("analysts")!.Group.MaxDuration);
        Assert.Contains(_api.AuditTrail, happened => happened is { Type: "access.policy.saved", Actor: "dave" });
        Assert.Contains("role=\"status\">The access group is saved", (await _api.Send("GET", Path + "?saved=true", "dave")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123")]
    public async Task Save_OfWhatWasNotShown_ShowsItFirst(string? seen)
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var reply = await Post("dave", ("document", changed), ("version", version), ("checked", seen ?? ""), ("step", "save"));
        Assert.Equal(200, reply.Status);
        Assert.Contains("Save these changes", reply.Text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(8), _api.Groups.Find("analysts")!.Group.MaxDuration);
    }

    [Fact]
    public async Task Save_OverAnotherVersion_KeepsTheText_AndSaysSo()
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var shown = await Post("dave", ("document", changed), ("version", version), ("step", "check"));
        await _api.Groups.Save(TestApi.Analysts with { Name = "Other" }, "v1", default);
        var late = await Post("dave", ("document", changed), ("version", version), ("checked", Hidden(shown, "checked")), ("step", "save"));
        Assert.Equal(412, late.Status);
        Assert.Contains("another version was saved", late.Text, StringComparison.Ordinal);
        Assert.Contains("&quot;maxDuration&quot;: &quot;4h&quot;", late.Text, StringComparison.Ordinal);
        Assert.Equal("v2", Hidden(late, "version"));
        Assert.Equal("Other", _api.Groups.Find("analysts")!.Group.Name);

        var knowingly = await Post("dave", ("document", changed), ("version", Hidden(late, "version")), ("checked", Hidden(late, "checked")), ("step", "save"));
        Assert.Equal(303, knowingly.Status);
    }

    [Theory]
    [InlineData("", "The document is missing.")]
    [InlineData("not json", "The text is not JSON.")]
    [InlineData("""{"id":"other"}""", "an id stays as it is")]
    [InlineData("""{"id":"analysts","colour":1}""", "colour: Unknown field.")]
    [InlineData("""{"id":"analysts","levels":[{"approvers":null}]}""", "levels[0].approvers:")]
    [InlineData("""{"id":"analysts","members":["alice"],"resources":["pg/sales"],"rules":{"Role":{"mode":"Approve"}},"levels":[{"approvers":["bob"],"approvalsRequired":5}]}""", "approvalsRequired")]
    [InlineData("""{"id":"analysts","members":["<script>alert(1)</script>"]}""", "members[0]:")]
    public async Task ADocumentToMend_IsSaidAtItsPath_AndNothingIsLost(string document, string message)
    {
        var (_, version) = await Opened();
        var reply = await Post("dave", ("document", document), ("version", version), ("step", "check"));
        Assert.Equal(422, reply.Status);
        Assert.Contains("role=\"alert\"", reply.Text, StringComparison.Ordinal);
        Assert.Contains(message, WebUtility.HtmlDecode(reply.Text), StringComparison.Ordinal);
        Assert.Contains("aria-invalid=\"true\" aria-describedby=\"document-error document-hint\"", reply.Text, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(document).Replace("&#39;", "&#x27;", StringComparison.Ordinal), reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_ShowsWhatTheLastRequestsWouldHaveMet()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var (document, version) = await Opened();
        var shown = new PageReply(await Post("dave", ("document", document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal)), ("version", version), ("step", "check")));
        Assert.Contains("1 request looked at, 1 would have been different", shown.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/requests/{id}\"", shown.Html, StringComparison.Ordinal);
        Assert.Contains("data-label=\"As it is\">At most 8h</td>", shown.Html, StringComparison.Ordinal);
        Assert.Contains("data-label=\"As it would be\">At most 4h</td>", shown.Html, StringComparison.Ordinal);
        Assert.Contains("is read as it is today", shown.Text, StringComparison.Ordinal);

        var refused = new PageReply(await Post("dave", ("document", document.Replace("\"alice\",", "", StringComparison.Ordinal)), ("version", version), ("step", "check")));
        Assert.Contains("As it is\">Taken, decided by 1 of Bob (bob), Dave (dave), then 1 of Carol (carol)</td>", refused.Html, StringComparison.Ordinal);
        Assert.Contains("Refused: No access group lets you ask for Role on \"pg/sales\"", refused.Text, StringComparison.Ordinal);
        var unchanged = new PageReply(await Post("dave", ("document", document.Replace("\"alice\"", "\"alice\", \"zoe\"", StringComparison.Ordinal)), ("version", version), ("step", "check")));
        Assert.Contains("none would have been different", unchanged.Text, StringComparison.Ordinal);
        Assert.Equal("v1", _api.Groups.Find("analysts")!.Version);
    }

    [Fact]
    public async Task Versions_AreOfTheAuditTrail_ForThoseWhoOversee()
    {
        Assert.Contains("The audit trail holds no version", (await _api.Open(Path, "dave")).Text, StringComparison.Ordinal);
        await Saved("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"");
        await Saved("\"maxDuration\": \"4h\"", "\"maxDuration\": \"2h\"");
        var page = await _api.Open(Path, "erin");
        Assert.Contains("Dave (dave) saved it, signed in In force", page.Text, StringComparison.Ordinal);
        Assert.Contains("</span>-   &quot;maxDuration&quot;: &quot;4h&quot;,</del>", page.Html, StringComparison.Ordinal);
        Assert.Contains("The whole text", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Restore this version", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("saved it", (await _api.Open(Path, "alice")).Text, StringComparison.Ordinal);
        Assert.Equal(400, (await _api.Send("GET", Path + "?cursor=x", "erin")).Status);
    }

    [Fact]
    public async Task Versions_ComeInPages_EachComparedWithTheOneBefore()
    {
        for (var hours = 8; hours > 0; hours--) await Saved($"\"lapseAfter\": \"{(hours == 8 ? "1d" : $"{hours + 1}h")}\"", $"\"lapseAfter\": \"{hours}h\"");
        for (var hours = 1; hours < 20; hours++) await Saved($"\"lapseAfter\": \"{hours}h\"", $"\"lapseAfter\": \"{hours + 1}h\"");
        var newest = await _api.Open(Path, "dave");
        Assert.Equal(20, Regex.Count(newest.Html, "What changed"));
        var older = await _api.Open(Path + "?cursor=20", "dave");
        Assert.Equal(6, Regex.Count(older.Html, "What changed"));
        Assert.Contains("Newest versions", older.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Older versions", older.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_OpensTheForm_WithTheTextOfThen()
    {
        var first = await Saved("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"");
        var second = await Saved("\"maxDuration\": \"4h\"", "\"maxDuration\": \"2h\"");
        Assert.Contains($"href=\"{Path}/edit?version={first}\"", (await _api.Open(Path, "dave")).Html, StringComparison.Ordinal);
        var form = await _api.Send("GET", $"{Path}/edit?version={first}", "dave");
        Assert.Contains("&quot;maxDuration&quot;: &quot;4h&quot;", form.Text, StringComparison.Ordinal);
        Assert.Equal(second, Hidden(form, "version"));
        Assert.Equal(404, (await _api.Send("GET", $"{Path}/edit?version=v99", "dave")).Status);
    }

    [Fact]
    public async Task Save_OverAnotherVersion_ShowsWhatChangedMeanwhile()
    {
        await Saved("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"");
        var (document, version) = await Opened();
        await Saved("\"maxDuration\": \"4h\"", "\"maxDuration\": \"2h\"");
        var late = new PageReply(await Post("dave", ("document", document), ("version", version), ("step", "check")));
        Assert.Equal(412, late.Status);
        Assert.Contains("the last one by Dave (dave)", late.Text, StringComparison.Ordinal);
        Assert.Matches("What they changed meanwhile(?s:.*)&#x2B;   &quot;maxDuration&quot;: &quot;2h&quot;,</ins>(?s:.*)What would change", late.Html);
    }

    [Fact]
    public async Task WhatIsBroken_IsSaid_WhereverItStandsAgainstAChange()
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var shown = await Post("dave", ("document", changed), ("version", version), ("step", "check"));
        _api.Groups.Broken = "The file is broken: line 3.";
        var edited = new PageReply(await Post("dave", ("document", changed), ("version", version), ("checked", Hidden(shown, "checked")), ("step", "save")));
        var deleted = new PageReply(await _api.Post(Path + "/delete", "dave", ("version", version)));
        foreach (var page in new[] { edited, deleted })
        {
            Assert.Equal(412, page.Status);
            Assert.Contains("The file is broken: line 3.", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("another version was saved", page.Text, StringComparison.Ordinal);
        }

        var put = await _api.Send("PUT", "/api" + Path, "dave", document, ("If-Match", $"\"{version}\""));
        Assert.Equal(("precondition-failed", "The file is broken: line 3."), (put.Problem, (string)put.Json["detail"]!));
    }

    [Fact]
    public async Task New_IsLookedAt_ThenSaved()
    {
        Assert.Contains("href=\"/new-access-group\"", (await _api.Open("/access-groups", "dave")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain("/new-access-group", (await _api.Open("/access-groups", "erin")).Html, StringComparison.Ordinal);
        await _api.Submitted();
        const string document = """{"members":["alice"],"resources":["pg/sales"],"priority":1,"rules":{"Role":{"mode":"Approve"}},"levels":[{"approvers":["bob"]}],"roles":["reader"]}""";
        var shown = await _api.Post("/new-access-group", "dave", ("id", "readers"), ("document", document), ("step", "check"));
        Assert.Equal(200, shown.Status);
        Assert.Contains("Access group analysts; 1 of Bob (bob), Dave (dave), then 1 of Carol (carol)", shown.Text, StringComparison.Ordinal);
        Assert.Contains("Access group readers; 1 of Bob (bob)", shown.Text, StringComparison.Ordinal);
        Assert.Null(_api.Groups.Find("readers"));
        var page = await _api.Do("/new-access-group", "dave", ("id", "readers"), ("document", document), ("checked", Hidden(shown, "checked")), ("step", "save"));
        Assert.Contains("The access group is saved", page.Text, StringComparison.Ordinal);
        Assert.Equal("alice", Assert.Single(_api.Groups.Find("readers")!.Group.Members));
    }

    [Theory]
    [InlineData("", "{}", 422, "Give the access group an id.", "id")]
    [InlineData("Not an id!", """{"members":["alice"]}""", 422, "cannot be a group", "id")]
    [InlineData("readers", "not json", 422, "The text is not JSON.", "document")]
    [InlineData("readers", """{"id":"other"}""", 422, "an id stays as it is", "id")]
    [InlineData("readers", """{"colour":1}""", 422, "colour: Unknown field.", "document")]
    [InlineData("analysts", null, 412, "There is an access group \"analysts\" already.", "id")]
    public async Task New_ThatHasToBeMended_IsSaidAtItsField_AndNothingIsLost(string id, string? document, int status, string message, string field)
    {
        document ??= (await Opened()).Document;
        var reply = new PageReply(await _api.Post("/new-access-group", "dave", ("id", id), ("document", document), ("step", "save")));
        Assert.Equal(status, reply.Status);
        Assert.Contains(message, reply.Text, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"#{field}\">", reply.Html, StringComparison.Ordinal);
        Assert.Contains($"id=\"{field}-error\"", reply.Html, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(id), reply.Html, StringComparison.Ordinal);
        Assert.Single(_api.Groups.All);
    }

    [Fact]
    public async Task New_FromAnother_HasItsText_WithoutItsId()
    {
        var page = await _api.Open("/new-access-group?from=analysts", "dave");
        Assert.Contains("&quot;pg/sales&quot;", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("&quot;id&quot;", page.Html, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.Open("/new-access-group?from=none", "dave")).Status);
    }

    [Fact]
    public async Task Delete_AsksFirst_AndTakesTheVersionThatWasShown()
    {
        await Saved("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"");
        await _api.Submitted();
        var asked = await _api.Send("GET", Path + "/delete", "dave");
        Assert.DoesNotContain("would have been different", asked.Text, StringComparison.Ordinal);
        Assert.Contains("1 would have been different", (await _api.Send("GET", Path + "/delete?trial=true", "dave")).Text, StringComparison.Ordinal);
        await Saved("\"maxDuration\": \"4h\"", "\"maxDuration\": \"2h\"");
        var late = new PageReply(await _api.Post(Path + "/delete", "dave", ("version", Hidden(asked, "version"))));
        Assert.Equal(412, late.Status);
        Assert.Contains("Nothing was deleted. Since you opened this form another version was saved, the last one by Dave (dave)", late.Text, StringComparison.Ordinal);
        Assert.NotNull(_api.Groups.Find("analysts"));

        var list = await _api.Do(Path + "/delete", "dave", ("version", Hidden(late.Reply, "version")));
        Assert.Contains("The access group analysts is deleted.", list.Text, StringComparison.Ordinal);
        Assert.Null(_api.Groups.Find("analysts"));
        Assert.Equal(404, (await _api.Post(Path + "/delete", "dave", ("version", "v1"))).Status);
    }

    [Fact]
    public async Task AGroupFromFiles_ThatWasDeleted_CanBeMadeAgain()
    {
        await _api.Do(Path + "/delete", "dave", ("version", "v1"));
        Assert.Contains("The text that was deleted", (await _api.Open(Path, "erin")).Text, StringComparison.Ordinal);
        Assert.Contains("&quot;pg/sales&quot;", (await _api.Open("/new-access-group?from=analysts&version=v1", "dave")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADeletedGroup_IsStillToBeRead_AndMadeAgain()
    {
        var version = await Saved("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"");
        await _api.Do(Path + "/delete", "dave", ("version", version));
        var gone = await _api.Open(Path, "dave");
        Assert.Equal(404, gone.Status);
        Assert.Contains("Dave (dave) deleted it", gone.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/new-access-group?from=analysts&amp;version={version}\"", gone.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("deleted it", (await _api.Open(Path, "alice")).Text, StringComparison.Ordinal);
        var again = await _api.Open($"/new-access-group?from=analysts&version={version}", "dave");
        Assert.Contains("value=\"analysts\"", again.Html, StringComparison.Ordinal);
        Assert.Contains("&quot;maxDuration&quot;: &quot;4h&quot;", again.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("is deleted.", (await _api.Open("/access-groups?deleted=<b>", "alice")).Text, StringComparison.Ordinal);
    }

    /// <summary>Saves a change of the text that is in force.</summary>
    /// <returns>The new version.</returns>
    private async Task<string> Saved(string before, string after)
    {
        var (document, version) = await Opened();
        Assert.Contains(before, document, StringComparison.Ordinal);
        var changed = document.Replace(before, after, StringComparison.Ordinal);
        var shown = await Post("dave", ("document", changed), ("version", version), ("step", "check"));
        Assert.Equal(303, (await Post("dave", ("document", changed), ("version", version), ("checked", Hidden(shown, "checked")), ("step", "save"))).Status);
        return _api.Groups.Find("analysts")!.Version;
    }

    [Fact]
    public void Difference_IsTheLinesThatChanged_WithThoseAround()
    {
        var before = string.Join('\n', Enumerable.Range(1, 20));
        var lines = TextDiff.Of(before, before.Replace("10", "ten\nand more", StringComparison.Ordinal));
        Assert.Equal(["…", " 7", " 8", " 9", "-10", "+ten", "+and more", " 11", " 12", " 13", "…"], lines.Select(Sign));
        Assert.Empty(TextDiff.Of(before, before));
        Assert.Equal(["-a", "+b"], TextDiff.Of("a", "b").Select(Sign));
        Assert.Equal(["+a", " b", "-c", " d", "+e"], TextDiff.Of("b\nc\nd", "a\nb\nd\ne").Select(Sign));

        static string Sign(DiffLine line) => line.Change switch
        {
            LineChange.Removed => "-" + line.Text,
            LineChange.Added => "+" + line.Text,
            LineChange.Skipped => "…",
            _ => " " + line.Text,
        };
    }

    private async Task<(string Document, string Version)> Opened()
    {
        var page = await _api.Send("GET", Path + "/edit", "dave");
        Assert.Equal(200, page.Status);
        var document = Regex.Match(page.Text, "<textarea[^>]*>\n?(.*?)</textarea>", RegexOptions.Singleline).Groups[1].Value;
        return (WebUtility.HtmlDecode(document).TrimStart('\n'), Hidden(page, "version"));
    }

    private Task<Reply> Post(string by, params (string Name, string Value)[] fields)
    {
        var body = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));
        var http = _api.Context("POST", Path + "/edit", Encoding.UTF8.GetBytes(body));
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Headers.Authorization = $"Bearer {_api.Issuer.Mint(by, TimeSpan.FromMinutes(10))}";
        return _api.Run(http);
    }

    private static string Hidden(Reply page, string name) => Regex.Match(page.Text, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;
}
