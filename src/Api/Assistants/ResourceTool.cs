using System.ComponentModel;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pipeline;
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

    [Description("Only whose name or description contains this; of found ones whose name does.")]
    public string? Text { get; init; }

    [Description("true, for administrators and auditors: every resource that was found on the platforms, instead of what the caller may ask for.")]
    public bool? Found { get; init; }

    [Description("With found: only of exactly this type, in the platform's words, such as table.")]
    public string? Type { get; init; }

    [Description("With found: the `next` of the page before.")]
    public string? Cursor { get; init; }
}

/// <summary>Something the caller may ask for.</summary>
/// <param name="Kinds">The kinds of access they may ask for on it.</param>
public sealed record AssistantResource(string Resource, Untrusted? Description, IReadOnlyList<AccessKind> Kinds);

/// <summary>What the caller may ask for.</summary>
/// <param name="More">How many fit besides those given; narrow the question to see them.</param>
/// <param name="Unavailable">Platforms that did not answer: theirs may be missing or old.</param>
public sealed record ResourcesListed(IReadOnlyList<AssistantResource> Resources, int More, IReadOnlyList<string> Unavailable) : ToolAnswer;

/// <summary>A resource that was found on a platform.</summary>
/// <param name="Resource">What <c>check_access</c> takes.</param>
/// <param name="Type">In the platform's words.</param>
public sealed record AssistantFoundResource(string Resource, string? Type, Untrusted? Description);

/// <summary>What was found on platforms.</summary>
/// <param name="Incomplete">Platforms that were never read to their end: they may hold more than was found.</param>
/// <param name="Next">A page may hold few or none, and a cursor.</param>
public sealed record ResourcesFound(IReadOnlyList<AssistantFoundResource> Resources, IReadOnlyList<string> Incomplete, string? Next) : ToolAnswer;

/// <summary>The tool <c>list_resources</c>.</summary>
internal static class ResourceTool
{
    public const string Name = "list_resources";
    private const int Shown = 50;

    public static AssistantTool<ListResourcesArguments> Tool { get; } = new(Name, "List resources",
        "What the caller may ask for, and as which kinds of access. What is not listed cannot be asked for. Administrators and auditors find with `found` every resource on the platforms, by the exact names that check_access takes.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, ListResourcesArguments asked)
    {
        if (asked.Found == true) return await FoundResources.List(call, asked);
        if (asked.Type is not null || asked.Cursor is not null) throw new ProblemException(Fault.Invalid, asked.Type is not null ? "type" : "cursor", "Only with found.");
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
