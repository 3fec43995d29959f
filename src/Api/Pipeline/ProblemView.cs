using System.Diagnostics;
using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Pipeline;

/// <summary>An RFC 9457 problem as it is sent (<c>application/problem+json</c>).</summary>
/// <param name="Type">Absolute address: the product's <c>/errors</c> page with the kind as fragment.</param>
/// <param name="Errors">Messages by field, where fields are to blame.</param>
/// <param name="TraceId">Finds the call in the log.</param>
public sealed record ProblemView(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors,
    string TraceId)
{
    /// <summary>Renders a problem for the call that met it.</summary>
    public static ProblemView Of(HttpContext http, Problem problem, string? detail = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null)
    {
        var root = http.RequestServices.GetRequiredService<PublicAddress>().Root.AbsoluteUri.TrimEnd('/');
        return new ProblemView($"{root}/errors#{problem.Slug}", problem.Title, problem.Status,
            string.IsNullOrEmpty(detail) ? problem.Meaning : detail, errors is { Count: > 0 } ? errors : null, TraceOf(http));
    }

    /// <summary>Renders a refusal.</summary>
    public static ProblemView Of(HttpContext http, Refusal refusal) => Of(http, Problems.Of(refusal.Reason), refusal.Detail, refusal.Errors);

    internal static string TraceOf(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}

/// <summary>Ends a call with a problem, from wherever in reading it the fault was seen. Never leaves the pipeline.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">The kind of problem.</param>
    /// <param name="detail">What exactly, for the caller.</param>
    /// <param name="errors">Messages by field.</param>
    public ProblemException(Fault fault, string? detail = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null)
        : base(detail ?? fault.ToString()) =>
        (Fault, Detail, Errors) = (fault, detail, errors);

    /// <summary>A problem with one field or parameter.</summary>
    public ProblemException(Fault fault, string field, string message)
        : this(fault, $"{field}: {message}", new Dictionary<string, IReadOnlyList<string>> { [field] = [message] }) { }

    public Fault Fault { get; }
    public string? Detail { get; }
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; }
}
