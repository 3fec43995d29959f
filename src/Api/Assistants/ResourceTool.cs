using System.ComponentModel;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Routing;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>Which resources.</summary>
public sealed record ListResourcesArguments
{
    [Description("Only on this platform, by name.")]
    public string? Platform { get; init; }

    [Description("Only what this kind of access can be asked for.")]
    public AccessKind? Kind { get; init; }

    [Description("Only whose name or description contains this.")]
    public string? Text { get; init; }
}

/// <summary>Something the caller may ask for.</summary>
/// <param name="Kinds">The kinds of access they may ask for on it.</param>
public sealed record AssistantResource(string Resource, Untrusted? Description, IReadOnlyList<AccessKind> Kinds);

/// <summary>What the caller may ask for.</summary>
/// <param name="More">How many fit besides those given; narrow the question to see them.</param>
/// <param name="Unavailable">Platforms that did not answer: theirs may be missing or old.</param>
public sealed record ResourcesListed(IReadOnlyList<AssistantResource> Resources, int More, IReadOnlyList<string> Unavailable) : ToolAnswer;

/// <summary>The tool <c>list_resources</c>.</summary>
internal static class ResourceTool
{
    public const string Name = "list_resources";
    private const int Shown = 50;

    public static AssistantTool<ListResourcesArguments> Tool { get; } = new(Name, "List resources",
        "What the caller may ask for, and as which kinds of access. What is not listed cannot be asked for.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, ListResourcesArguments asked)
    {
        var offered = await PlatformHandlers.Offered(call, asked.Platform, asked.Kind);
        List<ResourceView> fitting = [.. offered.Items.Where(item => asked.Text is not { } text
            || item.Resource.Contains(text, StringComparison.OrdinalIgnoreCase) || item.Description?.Contains(text, StringComparison.OrdinalIgnoreCase) == true)];
        return new ResourcesListed(
            [.. fitting.Take(Shown).Select(static item => new AssistantResource(item.Resource, Untrusted.Of(item.Description), item.Kinds))], Math.Max(0, fitting.Count - Shown), offered.Unavailable)
        {
            AsOf = call.Service<TimeProvider>().GetUtcNow(),
        };
    }
}
