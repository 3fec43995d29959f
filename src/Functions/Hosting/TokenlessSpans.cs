using System.Diagnostics;
using AccessFunctions.Api.Reviewing;
using OpenTelemetry;

namespace AccessFunctions.Functions.Hosting;

/// <summary>Takes the tokens of links out of what the worker traces: names and tags hold addresses.</summary>
internal sealed class TokenlessSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        data.DisplayName = PathToken.Redact(data.DisplayName);
        foreach (var (name, value) in data.TagObjects.ToList())
        {
            if (value is string text && PathToken.Redact(text) is var redacted && redacted != text) data.SetTag(name, redacted);
        }
    }
}
