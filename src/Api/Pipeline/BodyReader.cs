using System.Net.Http.Headers;
using System.Text.Json;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>Reads a JSON body: size, media type, syntax, shape. What is wrong is thrown as a <see cref="ProblemException"/>.</summary>
internal static class BodyReader
{
    /// <summary>Longest body, in bytes.</summary>
    public const int Limit = 1024 * 1024;

    /// <summary>The body as the route's type; null where the route takes none.</summary>
    public static async Task<object?> Read(ApiRoute route, HttpContext http)
    {
        if (route.RequestType is not { } type) return null;
        var bytes = await Bytes(http.Request);
        if (bytes.Length == 0)
        {
            if (!route.BodyOptional) throw new ProblemException(Fault.Malformed, "The body is missing.");
            bytes = "{}"u8.ToArray();
        }
        else
        {
            CheckMediaType(http.Request.ContentType);
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type, route.DomainForm ? ApiJson.Documents : ApiJson.Options)
                ?? throw new ProblemException(Fault.Malformed, "The body is null; an object is expected.");
        }
        catch (JsonException exception)
        {
            var (detail, errors) = JsonErrors.Describe(exception);
            throw new ProblemException(Fault.Malformed, detail, errors);
        }
    }

    /// <summary>Refuses what is not declared as JSON in UTF-8.</summary>
    public static void CheckMediaType(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var media)
            || !string.Equals(media.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            || media.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(Fault.UnsupportedMediaType);
        }
    }

    /// <summary>The body as it came, for routes that read it themselves.</summary>
    public static async Task<byte[]> Bytes(HttpRequest request, int limit = Limit)
    {
        if (request.ContentLength > limit) throw new ProblemException(Fault.BodyTooLarge, TooLarge(limit));
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            if (buffer.Length + read > limit) throw new ProblemException(Fault.BodyTooLarge, TooLarge(limit));
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static string TooLarge(int limit) => limit >= 1024 * 1024 ? $"At most {limit / (1024 * 1024)} MiB are taken here." : $"At most {limit / 1024} KiB are taken here.";
}
