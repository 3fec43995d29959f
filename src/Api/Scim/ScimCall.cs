using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Scim;

/// <summary>A call with the right token: what it asks for, and answers in SCIM's form.</summary>
internal sealed class ScimCall(ApiCall call)
{
    public const string MediaType = "application/scim+json";

    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the service is.</summary>
    public string Root { get; } = $"{call.Service<PublicAddress>().Root.AbsoluteUri.TrimEnd('/')}/scim/v2";

    /// <summary>The resource the path names.</summary>
    public string Id => call.Id;

    public CancellationToken Cancellation => call.Cancellation;

    public Provisioner Provisioner { get; } = call.Service<Provisioner>();

    /// <summary>Who calls: the provider that has the token, whoever set it off there.</summary>
    public ProvisioningActor Actor { get; } = new(Sources.Scim, SystemActors.Scim, Callers.Address(call.Http));

    /// <summary>The version that <c>If-Match</c> wants; null: any.</summary>
    public int? IfMatch => call.Http.Request.Headers.IfMatch is not [{ Length: > 0 } given] || given == "*" ? null
        : int.TryParse(given.Replace("W/", "", StringComparison.Ordinal).Trim('"').Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;

    /// <summary>Lets a call in by the service's own token alone, and answers with errors of SCIM.</summary>
    public static async Task<IResult> Run(ApiCall call, Func<ScimCall, Task<Answer>> work)
    {
        if (call.Http.RequestServices.GetService<ScimTokens>() is not { } tokens) throw new ProblemException(Fault.UnknownAddress, "SCIM is not set up here (section Scim).");
        var trace = CallTrace.Of(call.Http);
        if (call.Http.Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || !tokens.IsOne(header["Bearer ".Length..].Trim()))
        {
            await call.Service<Application.Audit.RefusedCalls>().Record(call.Route, call.Http, "anonymous", "scim-token", call.Http.Request.RouteValues["id"] as string);
            return Error(401, null, "The token is missing or wrong.").With(("WWW-Authenticate", "Bearer realm=\"scim\""));
        }

        trace.Person = SystemActors.Scim;
        try
        {
            return await work(new ScimCall(call));
        }
        catch (ScimException wrong)
        {
            trace.Reason = $"scim-{wrong.Type ?? wrong.Status.ToString(CultureInfo.InvariantCulture)}";
            return Error(wrong.Status, wrong.Type, wrong.Message);
        }
        catch (ProblemException problem)
        {
            var kind = Problems.Of(problem.Fault);
            trace.Reason = kind.Slug;
            return Error(kind.Status, kind.Status == 400 ? ScimTypes.InvalidSyntax : null, problem.Detail ?? kind.Meaning);
        }
    }

    /// <summary>The body as an object, which gives nobody a product role.</summary>
    public async Task<JsonObject> Body()
    {
        var type = call.Http.Request.ContentType?.Split(';')[0].Trim();
        if (type is null || !(type.Equals(MediaType, StringComparison.OrdinalIgnoreCase) || type.Equals("application/json", StringComparison.OrdinalIgnoreCase)))
            throw new ProblemException(Fault.UnsupportedMediaType, $"Send {MediaType} or application/json.");
        try
        {
            var body = ScimJson.Parse(await BodyReader.Bytes(call.Http.Request)) as JsonObject ?? throw ScimException.Syntax("The body is an object.");
            ScimRoles.Check(body);
            return body;
        }
        catch (JsonException)
        {
            throw ScimException.Syntax("The body is not JSON.");
        }
    }

    /// <summary>A parameter of the query; null where it is not there.</summary>
    public string? Query(string name) => call.Http.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>A number of the query.</summary>
    public int Number(string name, int otherwise) => Query(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw ScimException.Value($"{name} is a whole number.");

    /// <summary>The address of a resource.</summary>
    public string Address(string kind, string id) => $"{Root}/{kind}/{id}";

    /// <summary>A resource that was looked for; 304 where <c>If-None-Match</c> names what it is now (RFC 7644, section 3.14).</summary>
    public Answer Found(JsonObject resource)
    {
        var (location, version) = ((string)resource["meta"]!["location"]!, (string)resource["meta"]!["version"]!);
        var had = call.Http.Request.Headers.IfNoneMatch.Any(tags => tags?.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || Opaque(tag) == Opaque(version)) == true);
        return had ? Answer.Empty(StatusCodes.Status304NotModified).With(("Location", location), ("ETag", version)) : Resource(StatusCodes.Status200OK, resource);

        // Compared weakly (RFC 9110, section 13.1.2).
        static string Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
    }

    /// <summary>A resource, cut to the attributes that were asked for.</summary>
    public Answer Resource(int status, JsonObject resource)
    {
        var (location, version) = ((string)resource["meta"]!["location"]!, (string)resource["meta"]!["version"]!);
        return Json(status, ScimProjection.Of(resource, Query("attributes"), Query("excludedAttributes"))).With(("Location", location), ("ETag", version));
    }

    /// <summary>One page of resources.</summary>
    public static Answer List(IReadOnlyList<JsonObject> page, int total, int from) => Json(200, new JsonObject
    {
        ["schemas"] = new JsonArray(ScimSchema.ListResponse),
        ["totalResults"] = total,
        ["startIndex"] = from,
        ["itemsPerPage"] = page.Count,
        ["Resources"] = new JsonArray([.. page]),
    });

    public static Answer Json(int status, JsonObject json) => Answer.Content(JsonSerializer.SerializeToUtf8Bytes(json, Written), MediaType, status);

    /// <summary>Adds <c>meta</c>.</summary>
    /// <param name="others">What it shows of other resources: a change of these changes the tag, and not the version that <c>If-Match</c> wants.</param>
    public JsonObject WithMeta(JsonObject json, string type, string kind, string id, DateTimeOffset created, DateTimeOffset modified, int version, params IEnumerable<JsonNode?> others)
    {
        var shown = string.Concat(others.Select(static other => other?.ToJsonString()));
        var tag = shown.Length == 0 ? $"{version}" : $"{version}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)).AsSpan(0, 8))}";
        json["meta"] = new JsonObject
        {
            ["resourceType"] = type,
            ["created"] = created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["lastModified"] = modified.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["location"] = Address(kind, id),
            ["version"] = $"W/\"{tag}\"",
        };
        return json;
    }

    /// <summary>The resource of a change, or the error that it ended in.</summary>
    public static T Done<T>(Provisioned<T> result) where T : class => result.Fault switch
    {
        null => result.Value!,
        ProvisioningFault.NotFound => throw new ScimException(404, null, result.Words),
        ProvisioningFault.Taken => throw new ScimException(409, ScimTypes.Uniqueness, result.Words),
        ProvisioningFault.Changed => throw new ScimException(412, null, result.Words),
        ProvisioningFault.Busy => throw new ScimException(503, null, result.Words),
        ProvisioningFault.HoldsRole or ProvisioningFault.SamePerson => throw new ScimException(400, ScimTypes.Mutability, result.Words),
        ProvisioningFault.NoSuchMember => throw ScimException.Value(result.Words),
        ProvisioningFault.TooLarge => throw new ScimException(400, ScimTypes.TooMany, result.Words),
        _ => throw new System.Diagnostics.UnreachableException(result.Fault.ToString()),
    };

    private static Answer Error(int status, string? type, string detail)
    {
        var json = new JsonObject { ["schemas"] = new JsonArray(ScimSchema.Error), ["status"] = status.ToString(CultureInfo.InvariantCulture), ["detail"] = detail };
        if (type is not null) json["scimType"] = type;
        return Json(status, json);
    }
}
