using System.Text.Json;
using AccessFunctions.Api.Json;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>
/// An answer that writes itself. Own results rather than the framework's, because those ask the container for services that only one of
/// the hosts has.
/// </summary>
public sealed class Answer(int status, string? contentType, Func<HttpContext, Task>? write = null) : IResult
{
    public int Status { get; } = status;

    /// <summary>The value behind a JSON answer; null for others.</summary>
    public object? Value { get; private init; }

    /// <summary>What kind of problem this is (<see cref="Api.Problem.Slug"/>); null where it is none.</summary>
    public string? Slug { get; private init; }

    /// <summary>Headers to set beside the content type.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        foreach (var (name, value) in Headers) httpContext.Response.Headers[name] = value;
        if (contentType is not null) httpContext.Response.ContentType = contentType;
        if (write is not null) await write(httpContext);
    }

    /// <summary>JSON, serialized whole before the first byte leaves.</summary>
    public static Answer Json(
        object value, int status = StatusCodes.Status200OK, JsonSerializerOptions? options = null, params (string Name, string Value)[] headers) =>
        new(status, "application/json", http => Written(http, value, options ?? ApiJson.Options))
        {
            Value = value,
            Headers = headers.ToDictionary(header => header.Name, header => header.Value),
        };

    /// <summary>Bytes that are ready.</summary>
    public static Answer Content(byte[] bytes, string contentType, int status = StatusCodes.Status200OK) => new(status, contentType, http => Bytes(http, bytes));

    /// <summary>A page for people, whole. The one place where an answer has another policy than the strict one of all others.</summary>
    /// <param name="policy">Its <c>Content-Security-Policy</c>.</param>
    public static Answer Page(int status, byte[] html, string policy) => new(status, "text/html; charset=utf-8", http => Bytes(http, html))
    {
        Headers = new Dictionary<string, string> { ["Content-Security-Policy"] = policy, ["X-Robots-Tag"] = "noindex, nofollow" },
    };

    /// <summary>The same with further headers.</summary>
    public Answer With(params (string Name, string Value)[] headers)
    {
        var all = new Dictionary<string, string>(Headers);
        foreach (var (name, value) in headers) all[name] = value;
        return new Answer(Status, contentType, write) { Value = Value, Slug = Slug, Headers = all };
    }

    /// <summary>A body of unknown length, written as it comes.</summary>
    public static Answer Stream(string contentType, string fileName, Func<Stream, CancellationToken, Task> write) =>
        new(StatusCodes.Status200OK, contentType, async http =>
        {
            if (HttpMethods.IsHead(http.Request.Method)) return;
            await write(http.Response.Body, http.RequestAborted);
        })
        {
            Headers = new Dictionary<string, string> { ["Content-Disposition"] = $"attachment; filename=\"{fileName}\"" },
        };

    /// <summary>Sends a browser to another address, with GET.</summary>
    public static Answer SeeOther(string address) =>
        new(StatusCodes.Status303SeeOther, null) { Headers = new Dictionary<string, string> { ["Location"] = address } };

    /// <summary>No body.</summary>
    public static Answer Empty(int status) => new(status, null);

    /// <summary>A problem of the call.</summary>
    public static Answer Problem(
        HttpContext http, Fault fault, string? detail = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null,
        params (string Name, string Value)[] headers) =>
        Problem(ProblemView.Of(http, Problems.Of(fault), detail, errors), Problems.Of(fault).Slug, headers);

    /// <summary>A refusal.</summary>
    public static Answer Problem(HttpContext http, Refusal refusal) => Problem(ProblemView.Of(http, refusal), Problems.Of(refusal.Reason).Slug);

    private static Answer Problem(ProblemView view, string slug, params (string Name, string Value)[] headers) =>
        new(view.Status, "application/problem+json", http => Written(http, view, ApiJson.Options))
        {
            Value = view,
            Slug = slug,
            Headers = headers.ToDictionary(header => header.Name, header => header.Value),
        };

    private static Task Written(HttpContext http, object value, JsonSerializerOptions options) =>
        Bytes(http, JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options));

    private static async Task Bytes(HttpContext http, byte[] bytes)
    {
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }
}
