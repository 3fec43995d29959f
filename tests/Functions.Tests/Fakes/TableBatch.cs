using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>An entity group transaction: a change set of HTTP requests in one multipart body, and its answer likewise.</summary>
internal static class TableBatch
{
    public static HttpContent Content(IEnumerable<(HttpMethod Method, string Address, JsonObject? Body, string? IfMatch)> requests)
    {
        var (batch, changes) = ($"batch_{Guid.NewGuid()}", $"changeset_{Guid.NewGuid()}");
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append("\r\n");
        Line($"--{batch}");
        Line($"Content-Type: multipart/mixed; boundary={changes}");
        Line();
        foreach (var (method, address, body, ifMatch) in requests)
        {
            Line($"--{changes}");
            Line("Content-Type: application/http");
            Line("Content-Transfer-Encoding: binary");
            Line();
            Line($"{method} {address} HTTP/1.1");
            Line("Accept: application/json;odata=minimalmetadata");
            Line("DataServiceVersion: 3.0");
            Line("Prefer: return-no-content");
            if (ifMatch is not null) Line($"If-Match: {ifMatch}");
            if (body is not null) Line("Content-Type: application/json");
            Line();
            Line(body?.ToJsonString() ?? "");
        }
        Line($"--{changes}--");
        Line();
        Line($"--{batch}--");
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text.ToString()));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/mixed; boundary={batch}");
        return content;
    }

    /// <summary>The answers in order; of a refused change set there is only that of the change which was refused.</summary>
    public static List<(HttpStatusCode Status, string? ETag, string Body)> Answers(string text)
    {
        var answers = new List<(HttpStatusCode, string?, string)>();
        var at = 0;
        while ((at = text.IndexOf("HTTP/1.1 ", at, StringComparison.Ordinal)) >= 0)
        {
            var end = text.IndexOf("\r\n--", at, StringComparison.Ordinal);
            var part = text[at..(end < 0 ? text.Length : end)];
            var split = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var head = (split < 0 ? part : part[..split]).Split("\r\n");
            var tag = head.Skip(1).Select(line => line.Split(':', 2)).FirstOrDefault(header => header[0].Equals("ETag", StringComparison.OrdinalIgnoreCase))?[1].Trim();
            answers.Add(((HttpStatusCode)int.Parse(part.AsSpan(9, 3), CultureInfo.InvariantCulture), tag, split < 0 ? "" : part[(split + 4)..].Trim()));
            at = end < 0 ? text.Length : end;
        }
        return answers;
    }
}
