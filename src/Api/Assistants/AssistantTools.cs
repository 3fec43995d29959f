namespace AccessFunctions.Api.Assistants;

/// <summary>Everything that assistants can do here. None of it changes anything.</summary>
internal static class AssistantTools
{
    public static IReadOnlyList<AssistantTool> All { get; } = [AccessTool.Tool, IdentityTool.Tool, ResourceTool.Tool, RequestTool.Tool, RuleTool.Tool, DraftTool.Tool];

    /// <summary>By name; null: there is none.</summary>
    public static AssistantTool? Find(string name) => All.FirstOrDefault(tool => tool.Name == name);

    /// <summary>What an assistant is told before it begins.</summary>
    public static string Instructions { get; } =
        $"""
        Access Functions: people ask for time-bound access, others decide, and everything is audited. These tools read what the signed-in person may see; none changes anything.
        Cite the ids of requests and grants that an answer rests on, and say how old the platform's facts are (`factsAt`). To ask for access, use {DraftTool.Name} and give the person its link: only they can send it.
        {Untrusted.Notice}
        """;
}
