using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Links;
using AccessFunctions.Integrations.Recordings;
using AccessFunctions.Integrations.Tests.Authorities;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Recordings;

/// <summary>A grant of a recording from its beginning to the proof of its end.</summary>
public sealed class RecordingsPlatformTests : IAsyncLifetime
{
    private const string Resource = "rec/a.mp4";
    private readonly string _root = Directory.CreateTempSubdirectory("access-recordings-").FullName;
    private readonly ProtectedRecordingLinks _links = new(new EphemeralDataProtectionProvider());
    private SomeAuthority _host = null!;
    private RecordingsPlatform _platform = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "a.mp4"), "0123456789");
        _host = await SomeAuthority.Start();
        _platform = Platform();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task ALink_IsMadeWhileGiven_BoundToItsGrantAndPerson_ToTheEnd()
    {
        var order = Order();
        Assert.Null(await _platform.Secret(order, default));
        await _platform.Grant(order, default);
        await _platform.Grant(order, default);
        var secret = (await _platform.Secret(order, default))!.Fields;
        var link = new Uri(secret["link"]);
        Assert.StartsWith($"{_host.Services.Address.Root}recordings/", link.ToString(), StringComparison.Ordinal);
        var token = link.AbsolutePath["/recordings/".Length..];
        Assert.InRange(token.Length, 100, 400);
        Assert.True(_links.TryRead(token, out var read));
        Assert.Equal(("r-1", "r-1:1", "alice", order.End.ToUnixTimeMilliseconds()), (read.RequestId, read.GrantId, read.Person, read.ExpiresAt.ToUnixTimeMilliseconds()));
        Assert.False(_links.TryRead(token[..^2] + "AA", out _));
        Assert.False(new ProtectedRecordingLinks(new EphemeralDataProtectionProvider()).TryRead(token, out _));
        Assert.False(new ProtectedReviewLinks(new EphemeralDataProtectionProvider()).TryRead(token, out _));
        Assert.True((await _platform.ReadBack(order, default)).Present);
        Assert.Equal(10, (await _platform.Open(order, default))!.Length);
        Assert.DoesNotContain(token, _host.Logs.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterTheEnd_NothingOpens_AndTheProofIsARefusedLink()
    {
        var (order, asked) = (Order(), new List<string>());
        await _platform.Grant(order, default);
        await _platform.Revoke(order, default);
        await _platform.Revoke(order, default);
        Assert.Null(await _platform.Secret(order, default));
        Assert.Null(await _platform.Open(order, default));
        Assert.False(await _platform.Gives(order, default));
        await Refused(() => _platform.Grant(order, default));
        await Refused(() => _platform.Extend(order, default));

        _host.Instead = http => Answer(http, 410);
        var look = await _platform.ReadBack(order, default);
        Assert.False(look.Present);
        Assert.Contains("(410)", look.Evidence, StringComparison.Ordinal);
        var token = Assert.Single(asked)["/recordings/".Length..];
        Assert.True(_links.TryRead(token, out var link));
        Assert.Equal(("r-1:1", "alice"), (link.GrantId, link.Person));
        Assert.True(link.ExpiresAt > _host.Now, "It is not the link's own end that refuses it.");
        Assert.DoesNotContain(token, look.Evidence, StringComparison.Ordinal);

        foreach (var open in new[] { 200, 303, 401, 403 })
        {
            _host.Instead = http => Answer(http, open);
            Assert.True((await _platform.ReadBack(order, default)).Present);
        }

        foreach (var broken in new[] { 404, 500, 503 })
        {
            _host.Instead = http => Answer(http, broken);
            Assert.False((await Assert.ThrowsAsync<PlatformException>(() => _platform.ReadBack(order, default))).Permanent);
        }

        Task Answer(HttpContext http, int status)
        {
            asked.Add(http.Request.Path.Value!);
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task AHostThatCannotReachItself_ProvesNothing_AndSaysNoToken()
    {
        var order = Order();
        await _platform.Grant(order, default);
        await _platform.Revoke(order, default);
        await using (_host)
        {
        }

        var failure = await Assert.ThrowsAsync<PlatformException>(() => _platform.ReadBack(order, default));
        Assert.DoesNotMatch("recordings/[A-Za-z0-9_-]{20}", failure.ToString());
    }

    [Fact]
    public async Task WhatIsNoRecording_IsRefusedForGood_AndFoundGone()
    {
        foreach (var resource in new[] { "rec/none.mp4", "rec/../a.mp4", "rec/a.html" })
        {
            var order = Order(resource);
            await Refused(() => _platform.Grant(order, default));
            await _platform.Revoke(order, default);
            Assert.False((await _platform.ReadBack(order, default)).Present);
        }

        await Refused(() => _platform.Grant(Order() with { Kind = AccessKind.Credential }, default));
    }

    [Fact]
    public async Task AnExtension_MovesTheEndOfLinks_AndKeepsTheRecordAsLong()
    {
        var order = Order();
        await _platform.Grant(order, default);
        var longer = order with { End = order.End.AddDays(200) };
        await _platform.Extend(longer, default);
        await _platform.Extend(longer, default);
        Assert.Equal($"{longer.End:yyyy-MM-ddTHH:mm:ssZ}", (await _platform.Secret(longer, default))!.Fields["until"]);
        await _host.Rows.Purge(order.End.AddDays(150), default);
        Assert.True(await _platform.Gives(longer, default));
    }

    [Fact]
    public async Task Inventory_TellsRecordingsInPages_AndGoesOnBehindAMark()
    {
        for (var i = 0; i < 1100; i++) await File.WriteAllTextAsync(Path.Combine(_root, $"s-{i:D4}.txt"), "");
        List<InventoryPage> pages = [];
        await foreach (var page in _platform.Inventory(null, default)) pages.Add(page);
        Assert.Equal([500, 500, 101], pages.Select(static page => page.Facts.Count));
        Assert.Null(pages[^1].Next);
        Assert.Equal(1101, pages.SelectMany(static page => page.Facts).OfType<ResourceFact>().DistinctBy(static fact => fact.Resource).Count());
        List<InventoryPage> rest = [];
        await foreach (var page in _platform.Inventory(pages[1].Next ?? pages[0].Next, default)) rest.Add(page);
        Assert.Equal(101, Assert.Single(rest).Facts.Count);
        Assert.Equal(1101, (await _platform.Resources(default)).Count);
    }

    private RecordingsPlatform Platform() => new(new RecordingsOptions { Name = "rec", Folder = _root }, _host.Services with { RecordingLinks = _links }, "/", _host.Logs.For<RecordingsPlatform>());

    private PlatformOrder Order(string resource = Resource) => _host.Order(resource, AccessKind.Recording, identity: null);

    private static async Task Refused(Func<Task> act) => Assert.True((await Assert.ThrowsAsync<PlatformException>(act)).Permanent);
}
