using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>The answer of a table service that is not reached through the real client: a status and headers.</summary>
internal sealed class TableResponse(int status, ETag etag = default) : Response
{
    private readonly Dictionary<string, string> _headers = etag == default ? [] : new(StringComparer.OrdinalIgnoreCase) { ["ETag"] = etag.ToString() };

    public override int Status => status;
    public override string ReasonPhrase => "";
    public override Stream? ContentStream { get; set; }
    public override string ClientRequestId { get; set; } = "";

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => _headers.ContainsKey(name);
    protected override IEnumerable<HttpHeader> EnumerateHeaders() => _headers.Select(header => new HttpHeader(header.Key, header.Value));
    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => _headers.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = _headers.TryGetValue(name, out var value) ? [value] : null;
        return values is not null;
    }
}

/// <summary>The answer of a lookup that found nothing.</summary>
internal sealed class NoValue<T> : NullableResponse<T>
{
    public override bool HasValue => false;
    public override T Value => throw new InvalidOperationException("The entity does not exist.");
    public override Response GetRawResponse() => new TableResponse(404);
}
