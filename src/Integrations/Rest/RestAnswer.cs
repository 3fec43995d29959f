using System.Net;
using System.Text.Json;

namespace AccessFunctions.Integrations.Rest;

/// <summary>What a service answered.</summary>
/// <param name="Body">Its JSON; an undefined element where the body is none.</param>
/// <param name="RetryAfter">How long it asks to be left alone; null: it does not say.</param>
internal sealed record RestAnswer(HttpStatusCode Status, JsonElement Body, TimeSpan? RetryAfter)
{
    /// <summary>A text of the body's, by the path of names to it; null where there is none.</summary>
    public string? Text(params ReadOnlySpan<string> path) => Text(Body, path);

    /// <summary>The same of any element.</summary>
    public static string? Text(JsonElement from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from)) return null;
        }

        return from.ValueKind switch
        {
            JsonValueKind.String => from.GetString(),
            JsonValueKind.Number => from.GetRawText(),
            _ => null,
        };
    }

    /// <summary>The elements of a list in an element; none where it has no such list.</summary>
    public static IEnumerable<JsonElement> List(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
