using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.OpenApi;

/// <summary>The OpenAPI 3.1 document, made from the route table alone, so that it cannot say anything else.</summary>
public static partial class OpenApiDocument
{
    private static readonly Lazy<byte[]> Rendered = new(() => JsonSerializer.SerializeToUtf8Bytes(Build(ApiRoutes.All)));

    /// <summary>The product's version.</summary>
    internal static string Version =>
        typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "1.0.0";

    /// <summary>The document of <see cref="ApiRoutes.All"/>.</summary>
    public static byte[] Bytes => Rendered.Value;

    /// <summary>Describes a table.</summary>
    public static JsonObject Build(IReadOnlyList<ApiRoute> routes)
    {
        var schemas = new Schemas();
        var paths = new JsonObject();
        foreach (var route in routes)
        {
            if (paths[route.Template] is not JsonObject path) paths[route.Template] = path = [];
            path[route.Method.ToLowerInvariant()] = Operation(route, schemas);
        }

        schemas.Reference(typeof(ProblemView));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Access Functions",
                ["version"] = Version,
                ["description"] = "Asks for, decides on, provisions and takes away time-bound access. "
                    + "Problems are RFC 9457 documents; `/errors` explains their types.",
            },
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = SecuritySchemes(routes),
                ["schemas"] = schemas.All,
                ["responses"] = new JsonObject
                {
                    ["problem"] = new JsonObject
                    {
                        ["description"] = "A problem (RFC 9457).",
                        ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = schemas.Reference(typeof(ProblemView)) } },
                    },
                },
            },
        };
    }

    private static JsonObject SecuritySchemes(IReadOnlyList<ApiRoute> routes)
    {
        var schemes = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" } };
        foreach (var own in routes.Select(static route => route.Scheme).OfType<string>().Distinct(StringComparer.Ordinal)) schemes[own] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" };
        return schemes;
    }

    private static JsonObject Operation(ApiRoute route, Schemas schemas)
    {
        var operation = new JsonObject { ["operationId"] = route.Name, ["summary"] = route.Summary };
        if (route.Roles.Count > 0) operation["description"] = $"For holders of {string.Join(" or ", route.Roles)}.";
        if (route.Anonymous) operation["security"] = route.Scheme is { } scheme ? new JsonArray(new JsonObject { [scheme] = new JsonArray() }) : [];

        var parameters = new JsonArray();
        foreach (Match name in Placeholder().Matches(route.Template))
            parameters.Add(Parameter("path", name.Groups[1].Value, typeof(string), null, schemas, required: true));
        foreach (var query in route.Query) parameters.Add(Parameter("query", query.Name, query.Type, query.Summary, schemas));
        foreach (var header in route.Headers) parameters.Add(Parameter("header", header.Name, header.Type, header.Summary, schemas));
        if (HttpMethods.IsPost(route.Method) && !route.EachCallCounts)
            parameters.Add(Parameter("header", "Idempotency-Key", typeof(string), "1 to 128 visible ASCII characters; the same answers the same.", schemas));
        if (parameters.Count > 0) operation["parameters"] = parameters;

        if (route.RequestType is { } body)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !route.BodyOptional,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.Reference(body) } },
            };
        }

        if (route.BodyTypes.Count > 0)
        {
            var content = new JsonObject();
            foreach (var type in route.BodyTypes) content[type] = new JsonObject();
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content };
        }

        if (route.Form.Count > 0) operation["requestBody"] = FormBody(route.Form);
        operation["responses"] = Responses(route, schemas);
        return operation;
    }

    private static JsonObject FormBody(IReadOnlyList<FormField> fields)
    {
        var properties = new JsonObject();
        foreach (var field in fields) properties[field.Name] = new JsonObject { ["type"] = "string", ["description"] = field.Summary };
        var form = new JsonObject { ["type"] = "object", ["properties"] = properties };
        form["required"] = new JsonArray([.. fields.Where(static field => field.Required).Select(static field => JsonValue.Create(field.Name))]);
        return new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/x-www-form-urlencoded"] = new JsonObject { ["schema"] = form } } };
    }

    private static JsonObject Responses(ApiRoute route, Schemas schemas)
    {
        var responses = new JsonObject { [$"{route.SuccessStatus}"] = Response(route, route.SuccessStatus, route.Summary, schemas) };
        foreach (var (status, meaning) in route.OtherAnswers) responses[$"{status}"] = Response(route, status, meaning, schemas);
        if (route.Signals)
        {
            responses["202"] = new JsonObject
            {
                ["description"] = "Taken, not settled yet: look at `Location`.",
                ["headers"] = new JsonObject { ["Location"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } },
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.Reference(typeof(Views.PendingView)) } },
            };
        }

        responses["default"] = route.Scheme is null
            ? new JsonObject { ["$ref"] = "#/components/responses/problem" }
            : new JsonObject { ["description"] = "An error.", ["content"] = new JsonObject { [route.ResponseContentType] = new JsonObject() } };
        return responses;
    }

    private static JsonObject Response(ApiRoute route, int status, string meaning, Schemas schemas)
    {
        var response = new JsonObject { ["description"] = meaning };
        if (status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) return response;
        response["content"] = new JsonObject
        {
            [route.ResponseContentType] = route.ResponseType is { } type ? new JsonObject { ["schema"] = schemas.Reference(type) } : new JsonObject(),
        };
        return response;
    }

    private static JsonObject Parameter(string place, string name, Type type, string? summary, Schemas schemas, bool required = false)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = required };
        if (summary is not null) parameter["description"] = summary;
        parameter["schema"] = schemas.Inline(type);
        return parameter;
    }

    [GeneratedRegex(@"\{([a-zA-Z]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
