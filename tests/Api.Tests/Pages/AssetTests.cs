using System.IO.Compression;
using System.Text;
using AccessFunctions.Api.Assets;
using AccessFunctions.Api.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AccessFunctions.Api.Tests.Pages;

public sealed class AssetTests : IDisposable
{
    private readonly TestApi _api = new();

    public static TheoryData<string, string> Assets => new()
    {
        { PageAssets.Style, "text/css; charset=utf-8" },
        { PageAssets.Script, "text/javascript; charset=utf-8" },
        { PageAssets.Htmx, "text/javascript; charset=utf-8" },
        { PageAssets.Icon, "image/svg+xml" },
    };

    public void Dispose() => _api.Dispose();

    [Theory]
    [MemberData(nameof(Assets))]
    public async Task Asset_IsServedToAnybody_AndMayBeKeptForGood(string address, string type)
    {
        var reply = await _api.Send("GET", address);
        Assert.Equal(200, reply.Status);
        Assert.Equal((type, "public, max-age=31536000, immutable"), (reply.Headers.ContentType.ToString(), reply.Headers.CacheControl.ToString()));
        Assert.NotEmpty(reply.Text);
        Assert.Equal(Encoding.UTF8.GetByteCount(reply.Text), (int)reply.Headers.ContentLength!);
    }

    [Fact]
    public async Task WhereTheBrowserTakesIt_ItIsCompressed_AndTheSame()
    {
        var plain = await _api.Send("GET", PageAssets.Style);
        var http = _api.Context("GET", PageAssets.Style);
        http.Request.Headers.AcceptEncoding = "gzip, deflate, br";
        var output = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(output));
        await _api.Pipeline.Serve(http);
        Assert.Equal("br", http.Response.Headers.ContentEncoding.ToString());
        using var text = new StreamReader(new BrotliStream(new MemoryStream(output.ToArray()), CompressionMode.Decompress));
        Assert.Equal(plain.Text, await text.ReadToEndAsync());
        Assert.True(output.Length < 30_000, $"The style is {output.Length} bytes on the wire.");
    }

    [Theory]
    [InlineData("app.css")]
    [InlineData("app.000000000000.css")]
    [InlineData("..%2fapp.css")]
    public async Task OtherNames_AreUnknown(string name) => Assert.Equal("unknown-address", (await _api.Send("GET", $"/assets/{name}")).Problem);

    [Fact]
    public async Task Style_FollowsTheReadersScheme_AndLoadsNothingFromElsewhere()
    {
        var style = (await _api.Send("GET", PageAssets.Style)).Text;
        Assert.Contains("prefers-color-scheme: dark", style.Replace("scheme:dark", "scheme: dark", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        Assert.DoesNotContain("url(http", style.Replace("url(\"", "url(", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
