using System.Text.Json;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.AI;

namespace AccessFunctions.Api.Assistants;

/// <summary>
/// Something assistants can look up for the person whose credential they carry. Tools only read: they ask the same use cases as the routes, which
/// apply what the caller may see.
/// </summary>
internal abstract class AssistantTool(string name, string title, string description, Type arguments)
{
    public string Name { get; } = name;
    public string Title { get; } = title;
    public string Description { get; } = description;

    /// <summary>The JSON schema of its arguments: an object, nothing besides.</summary>
    public JsonElement Schema { get; } = AIJsonUtilities.CreateJsonSchema(arguments, serializerOptions: ApiJson.Options, inferenceOptions: new AIJsonSchemaCreateOptions
    {
        TransformOptions = new AIJsonSchemaTransformOptions { DisallowAdditionalProperties = true },
    });

    /// <summary>Looks it up.</summary>
    /// <exception cref="ProblemException">The arguments cannot be taken.</exception>
    /// <exception cref="RefusedException">The caller may not, or it is not there.</exception>
    /// <exception cref="JsonException">The arguments are not those of the schema.</exception>
    public abstract Task<ToolAnswer> Run(ApiCall call, JsonElement arguments);
}

/// <inheritdoc cref="AssistantTool"/>
internal sealed class AssistantTool<TArguments>(string name, string title, string description, Func<ApiCall, TArguments, Task<ToolAnswer>> run)
    : AssistantTool(name, title, description, typeof(TArguments)) where TArguments : class
{
    public override Task<ToolAnswer> Run(ApiCall call, JsonElement arguments) =>
        run(call, arguments.Deserialize<TArguments>(ApiJson.Options) ?? throw new JsonException("An object is expected."));
}

/// <summary>What a tool found.</summary>
public abstract record ToolAnswer
{
    /// <summary>How to read what was written by others.</summary>
    public string Notice { get; } = Untrusted.Notice;

    /// <summary>When this was looked up.</summary>
    public DateTimeOffset AsOf { get; init; }

    /// <summary>How old the facts of platforms may be that this rests on, the oldest of them; null: it rests on none.</summary>
    public DateTimeOffset? FactsAt { get; init; }

    /// <summary>The same as an age, in seconds.</summary>
    public long? FactsAgeSeconds => FactsAt is { } at ? (long)Math.Max(0, (AsOf - at).TotalSeconds) : null;

    /// <summary>The requests and grants that this rests on.</summary>
    public IReadOnlyList<Citation> Cites { get; init; } = [];
}

/// <summary>A request, and one of its grants where one is meant.</summary>
/// <param name="Link">The request's page.</param>
public sealed record Citation(string Request, string? Grant, string Link);

/// <summary>A use case refused; the refusal says why.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Detail)
{
    public Refusal Refusal { get; } = refusal;
}
