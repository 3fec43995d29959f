using System.Diagnostics.CodeAnalysis;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Application;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Routing;

/// <summary>One line of the route table. Hosts map it as it is: the method, the template and <see cref="Pipeline.RequestPipeline"/>.</summary>
public sealed record ApiRoute
{
    /// <summary>Unique name, also the OpenAPI operation id, for example <c>ApproveRequest</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Upper-case HTTP method. A <c>GET</c> route also answers <c>HEAD</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Literal segments and <c>{name}</c> placeholders, from the root: <c>/api/requests/{id}/approve</c>.</summary>
    public required string Template { get; init; }

    /// <summary>True: nobody needs to sign in.</summary>
    public bool Anonymous { get; init; }

    /// <summary>The name of the bearer credential that an anonymous route takes in place of a person's, for the OpenAPI document; its errors have a form of their own.</summary>
    public string? Scheme { get; init; }

    /// <summary>Where it is described whose tokens the route takes (RFC 9728), for the challenge of a call that brings none; null: nowhere.</summary>
    public string? MetadataPath { get; init; }

    /// <summary>Product roles of which the caller must hold one; empty: any known person. Finer rules are the use case's.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>True: people open it, so that its problems are pages too.</summary>
    public bool Page { get; init; }

    /// <summary>Fields of the form that the handler reads; none: it reads no form.</summary>
    public IReadOnlyList<FormField> Form { get; init; } = [];

    /// <summary>The way in that calls of this route are, for the audit trail of those that are refused.</summary>
    public Channel Channel { get; init; } = Channel.SignedIn;

    /// <summary>What the body is read as; null: the route takes none.</summary>
    public Type? RequestType { get; init; }

    /// <summary>Media types of a body that the handler reads itself; empty: it reads none.</summary>
    public IReadOnlyList<string> BodyTypes { get; init; } = [];

    /// <summary>True: an absent body counts as an empty object.</summary>
    public bool BodyOptional { get; init; }

    /// <summary>True: the body is a policy document in the JSON form of the domain.</summary>
    public bool DomainForm { get; init; }

    /// <summary>What the answer's JSON is; null where it is no JSON, or empty.</summary>
    public Type? ResponseType { get; init; }
    public string ResponseContentType { get; init; } = "application/json";
    public int SuccessStatus { get; init; } = StatusCodes.Status200OK;

    /// <summary>Other answers that are no problems: status and what it means. A 2xx has the body of <see cref="ResponseType"/>.</summary>
    public IReadOnlyDictionary<int, string> OtherAnswers { get; init; } = new Dictionary<int, string>();

    /// <summary>True: answers 202 with a <c>Location</c> where the host could not settle it in time.</summary>
    public bool Signals { get; init; }

    /// <summary>True: a repeated call is a call of its own; its <c>Idempotency-Key</c> says nothing.</summary>
    public bool EachCallCounts { get; init; }
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>What its form may hold, in bytes as it is sent.</summary>
    public int FormLimit { get; init; } = 128 * 1024;

    /// <summary>Headers that matter to this route, beside <c>Authorization</c> and <c>Idempotency-Key</c>.</summary>
    public IReadOnlyList<QueryParameter> Headers { get; init; } = [];
    public required string Summary { get; init; }

    /// <summary>What is answered in place of the refusal to somebody who is not let in; null, or an answer of null: that refusal.</summary>
    public Func<ApiCall, Task<IResult?>>? Otherwise { get; init; }

    /// <summary>Does the work; everything around it is the pipeline's.</summary>
    public required Func<ApiCall, Task<IResult>> Handler { get; init; }
}

/// <summary>A parameter in the query (or a header), for reading and for the OpenAPI document.</summary>
/// <param name="Type">What it is read as: text, a boolean, a whole number, an instant or an enum; <c>string[]</c>: text that may be given several times.</param>
public sealed record QueryParameter(string Name, Type Type, string Summary);

/// <summary>A field of a form (<c>application/x-www-form-urlencoded</c>), for the OpenAPI document.</summary>
public sealed record FormField(string Name, string Summary, bool Required = false);

/// <summary>A call that passed the pipeline: who calls, what they sent, and the services behind.</summary>
public sealed class ApiCall(ApiRoute route, HttpContext http, Caller? caller, object? body, string idempotencyKey)
{
    public ApiRoute Route { get; } = route;
    public HttpContext Http { get; } = http;

    /// <summary>Who calls, as their credential says. Only routes that are not anonymous have one.</summary>
    public Caller Caller => caller ?? throw new InvalidOperationException($"{Route.Name} is anonymous and has no caller.");

    /// <summary>The sender's <c>Idempotency-Key</c>, or one made here. It is the signal's id.</summary>
    public string IdempotencyKey { get; } = idempotencyKey;

    /// <summary>The <c>{id}</c> of the path.</summary>
    public string Id => (string)Http.Request.RouteValues["id"]!;
    public CancellationToken Cancellation => Http.RequestAborted;

    /// <summary>The form, where the route has one.</summary>
    internal PageForm Form => Http.Features.Get<PageForm>() ?? throw new InvalidOperationException($"{Route.Name} has no form.");

    /// <summary>The body, read as the route's <see cref="ApiRoute.RequestType"/>.</summary>
    public T Body<T>() where T : class => (T)body!;

    [SuppressMessage("Naming", "CA1721", Justification = "Reads as the call it is.")]
    public T Service<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();
}
