using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>Where tokens of links may not be found, even with everything logged and traced that can be.</summary>
public sealed partial class LinkSecrecyTests
{
    [Fact]
    public async Task Tokens_AreInNoLogNoScopeNoTraceAndNoFile_ButTheMail()
    {
        var log = new Everything();
        using var listener = new ActivityListener
        {
            // The calls are made in this process too: what the client traces of them is not the host's.
            ShouldListenTo = static source => source.Name != "System.Net.Http",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => log.Keep($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        var data = Store.NewPath();
        try
        {
            List<string> tokens;
            await using (var host = await EmbeddedHost.Start(new EmbeddedHostOptions
            {
                Data = data,
                Urls = "http://127.0.0.1:0",
                Settings = new Dictionary<string, string?>
                {
                    ["Logging:LogLevel:Default"] = "Trace",
                    ["Logging:LogLevel:Microsoft"] = "Trace",
                    ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
                },
                Services = services => services.AddLogging(logging => logging.AddProvider(log).AddFilter(null, LogLevel.Trace).AddFilter("Microsoft", LogLevel.Trace)),
            }))
            {
                using var alice = host.Client("alice");
                _ = await alice.AskForSecret();
                var mails = Path.Combine(data, "mail");
                await Wait.Until(() => Directory.Exists(mails) && Directory.GetFiles(mails, "*.eml").Length >= 2, TimeSpan.FromSeconds(30), "the mails of level 1");
                tokens = [.. Directory.GetFiles(mails, "*.eml").Select(file => Token().Match(ParsedMail.Read(File.ReadAllBytes(file)).Parts[0].Body).Groups[1].Value)];
                Assert.All(tokens, token => Assert.InRange(token.Length, 100, 400));

                // One connection for all: what was hidden for one call may not stay for the next.
                using var anyone = host.Client();
                Assert.Equal(HttpStatusCode.OK, (await anyone.GetAsync($"/review/{tokens[0]}")).StatusCode);
                Assert.Equal(HttpStatusCode.NotFound, (await anyone.GetAsync("/review/made-up")).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await anyone.GetAsync("/health/live")).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await anyone.GetAsync($"/review/{tokens[1]}/")).StatusCode);
                Assert.Equal(HttpStatusCode.Forbidden, (await anyone.PostAsync($"/Review/{tokens[0]}", new FormUrlEncodedContent([]))).StatusCode);
                Assert.Equal(HttpStatusCode.MethodNotAllowed, (await anyone.DeleteAsync($"/review/{tokens[0]}")).StatusCode);
                Assert.Equal(HttpStatusCode.NotFound, (await anyone.GetAsync($"/review/{tokens[0]}/more")).StatusCode);
                tokens.Add(await Recording(host, alice, anyone));
            }

            var kept = log.Kept;
            Assert.Contains(kept, line => line.Contains("/review/-", StringComparison.OrdinalIgnoreCase));
            var files = Directory.GetFiles(data, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".eml", StringComparison.Ordinal)).Select(file => File.ReadAllText(file)).ToList();
            Assert.NotEmpty(files);
            Assert.All(tokens, token =>
            {
                Assert.DoesNotContain(kept, line => line.Contains(token, StringComparison.Ordinal));
                Assert.DoesNotContain(files, text => text.Contains(token, StringComparison.Ordinal));
            });
        }
        finally
        {
            if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Opens a link to the demo's recording, signed in and on the way to the sign-in; its token.</summary>
    private static async Task<string> Recording(EmbeddedHost host, HttpClient alice, HttpClient anyone)
    {
        var asked = await alice.Ask(new { resources = new[] { "recordings/2026-11/session-42.cast" }, kind = "Recording", justification = "quarter-end check" });
        using var bob = host.Client("bob");
        using var carol = host.Client("carol");
        await bob.Approve(asked.Id);
        await carol.Approve(asked.Id);
        await Wait.Until(async () => (await alice.See(asked.Id))["phase"] == "Active", TimeSpan.FromSeconds(30), "the recording to be given");
        var link = new Uri((await alice.Do(asked.Id, "secret")).Body.GetProperty("fields").GetProperty("link").GetString()!).AbsolutePath;
        Assert.Contains("REINDEX", await alice.GetStringAsync(link), StringComparison.Ordinal);
        Assert.StartsWith("{\"version\"", await alice.GetStringAsync($"{link}/media"), StringComparison.Ordinal);

        // The client of nobody follows to the sign-in, where the link is the page to come back to.
        var signIn = await anyone.GetStringAsync(link);
        Assert.Contains($"value=\"{link}\"", signIn, StringComparison.Ordinal);
        await alice.Do(asked.Id, "release");
        await Wait.Until(async () => (await alice.See(asked.Id))["phase"] == "Closed", TimeSpan.FromSeconds(30), "the proof that the link is refused");
        return link["/recordings/".Length..];
    }

    [GeneratedRegex("/review/([A-Za-z0-9_-]+)")]
    private static partial Regex Token();

    /// <summary>Keeps every line, with its values and scopes.</summary>
    private sealed class Everything : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _kept = new();

        public IReadOnlyList<string> Kept => [.. _kept];

        public void Keep(string line) => _kept.Enqueue(line);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Keep($"scope {state} {Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Keep($"{formatter(state, exception)} {Values(state)} {exception}");

        public void Dispose()
        {
        }

        private static string Values<TState>(TState state) => state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values) : "";
    }
}
