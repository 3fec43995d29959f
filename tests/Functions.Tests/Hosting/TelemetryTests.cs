using System.Diagnostics;
using AccessFunctions.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Functions.Tests.Hosting;

public sealed class TelemetryTests
{
    private const string Token = "CfDJ8DvZaU0fP1VBnbxSDe8-0_8E8HAlsgid4v_pSQgM";

    [Theory]
    [InlineData($"/recordings/{Token}/media", "/recordings/-/media")]
    [InlineData($"https://access.example/recordings/{Token}?a=b", "https://access.example/recordings/-?a=b")]
    [InlineData($"?return=%2Frecordings%2F{Token}&ended=true", "?return=%2Frecordings%2F-&ended=true")]
    public void TokensOfRecordings_AreTakenOut_AlsoWhereTheyAreThePageToComeBackTo(string address, string told) =>
        Assert.Equal(told, AccessFunctions.Api.Reviewing.PathToken.Redact(address));

    [Fact]
    public void Spans_HoldNoTokensOfLinks()
    {
        using var source = new ActivitySource("test");
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var span = source.StartActivity($"GET /review/{Token}")!;
        span.SetTag("url.path", $"/Review/{Token}").SetTag("url.full", $"https://access.example/review/{Token}?a=b").SetTag("http.request.method", "GET").SetTag("http.response.status_code", 200);
        using var processor = new TokenlessSpans();
        processor.OnEnd(span);
        Assert.Equal("GET /review/-", span.DisplayName);
        Assert.Equal(["/Review/-", "https://access.example/review/-?a=b", "GET", 200], span.TagObjects.Select(tag => tag.Value));
    }

    [Fact]
    public void TheWebServersLinesOfCalls_AreNotLogged()
    {
        var services = new ServiceCollection();
        Telemetry.Add(services, new ConfigurationBuilder().Build());
        using var provider = services.BuildServiceProvider();
        var rule = Assert.Single(provider.GetRequiredService<IOptions<LoggerFilterOptions>>().Value.Rules, rule => rule.CategoryName == "Microsoft.AspNetCore");
        Assert.Equal(LogLevel.Warning, rule.LogLevel);
    }
}
