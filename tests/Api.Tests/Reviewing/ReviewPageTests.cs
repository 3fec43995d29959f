using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Reviewing;

/// <summary>What the page shows, and that showing it is all it does.</summary>
public sealed partial class ReviewPageTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task ThePage_ShowsWhoAsksForWhat_AndAForm()
    {
        var page = await _api.Get(_api.Link(await Submitted()));
        Assert.Equal((200, "Alice asks for the role reader on pg/sales"), (page.Status, page.Title));
        foreach (var needed in new[] { "level 1 of 2", "quarter-end", "Alice (alice)", "1h from approval", "Approve", "Deny", "analysts" }) Assert.Contains(needed, page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"https://access.example/requests/", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetching_TenTimesByGetAndHead_DecidesNothing()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var before = await _api.Requests.Find(id, default);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(200, (await _api.Get(token)).Status);
            var head = await _api.Get(token, "HEAD");
            Assert.Equal((200, ""), (head.Status, head.Html));
        }

        Assert.Same(before, await _api.Requests.Find(id, default));
        Assert.Empty(_api.AuditTrail);
        Assert.Equal("You approved this request", (await _api.Decide(token, "approve")).Title);
    }

    [Fact]
    public async Task APage_AllowsItsOwnStyleAlone_AndIsNeitherKeptFramedNorIndexed()
    {
        var page = await _api.Get(_api.Link(await Submitted()));
        var style = Style().Match(page.Html).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", page.Reply.Headers.ContentSecurityPolicy.ToString());
        Assert.Equal("no-store", page.Reply.Headers.CacheControl.ToString());
        Assert.Equal("no-referrer", page.Reply.Headers["Referrer-Policy"].ToString());
        Assert.Equal("noindex, nofollow", page.Reply.Headers["X-Robots-Tag"].ToString());
        Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret-token", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APage_IsReadByPhonesAndScreenReaders()
    {
        var html = (await _api.Get(_api.Link(await Submitted()))).Html;
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.OrdinalIgnoreCase);
        foreach (var needed in new[] { "<html lang=\"en\">", "name=\"viewport\" content=\"width=device-width, initial-scale=1\"", "prefers-color-scheme: dark", "<main", "<h1>", "<title>Alice asks" })
            Assert.Contains(needed, html, StringComparison.Ordinal);
        var labels = Labels().Matches(html).Select(match => match.Groups[1].Value).ToHashSet();
        var fields = Fields().Matches(html).Where(match => !match.Value.Contains("type=\"hidden\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, fields.Count);
        Assert.All(fields, field => Assert.Contains(Id().Match(field.Value).Groups[1].Value, labels));
        var ids = Id().Matches(html).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task WhatPeopleWrote_IsText()
    {
        const string Evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        var id = await Submitted();
        var request = (await _api.Requests.Find(id, default))!;
        var review = new Review { By = "ben", Seat = "ben", Verdict = Verdict.Deny, Level = 1, Revision = 1, Channel = Channel.SignedIn, At = request.CreatedAt, Comment = Evil, Counted = false };
        _api.Requests.Set(request with
        {
            Justification = Evil,
            Role = Evil,
            Identity = Evil,
            Ask = request.Ask with { Resources = [Evil, Evil], Ticket = Evil, Reason = Evil, Parameters = new Dictionary<string, string> { [Evil] = Evil } },
            Reviews = [review],
            Policy = request.Policy with { Roles = [Evil], AccessGroup = Evil },
        });
        _api.People.Set("alice", person => person with { Name = Evil });
        var token = _api.Link(id);
        foreach (var page in new[] { await _api.Get(token), await _api.Decide(token, "deny", ("start", Evil), ("role", Evil)), await _api.Decide(token, "approve", ("comment", Evil), ("start", Evil)) })
        {
            Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page.Html, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("&lt;script&gt;alert(1)", page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("\"'>", page.Html.Replace("&quot;", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhereThePeriodOrRoleIsNotTheApproversToChoose_ItIsNotAsked()
    {
        var id = await Submitted();
        var request = (await _api.Requests.Find(id, default))!;
        var page = await _api.Get(_api.Link(id));
        Assert.Contains("name=\"start\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("<option value=\"reader\" selected", page.Html, StringComparison.Ordinal);
        Assert.Contains("<option value=\"writer\">", page.Html, StringComparison.Ordinal);

        _api.Requests.Set(request with { Policy = request.Policy with { ApproversMayChangePeriod = false, Roles = [] } });
        page = await _api.Get(_api.Link(id));
        Assert.DoesNotContain("name=\"start\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<select", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileTheKeysCannotBeRead_ThePageSaysSo_AndLogsNoToken()
    {
        var token = _api.Link(await Submitted());
        _api.Links.Failure = new InvalidOperationException("The keys of links cannot be read now.");
        var page = await _api.Get(token);
        Assert.Equal((503, "Unavailable"), (page.Status, page.Title));
        Assert.Equal("30", page.Reply.Headers.RetryAfter.ToString());
        Assert.NotEmpty(_api.Log.Lines);
        Assert.DoesNotContain(_api.Log.Lines, line => $"{line.Text}{line.Exception}".Contains("secret-token", StringComparison.Ordinal));
    }

    private async Task<string> Submitted() => (string)(await _api.Submitted())["id"]!;

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<label for=\"([^\"]+)\"")]
    private static partial Regex Labels();

    [GeneratedRegex("<(input|select|textarea)[^>]*>")]
    private static partial Regex Fields();

    [GeneratedRegex(" id=\"([^\"]+)\"")]
    private static partial Regex Id();
}
