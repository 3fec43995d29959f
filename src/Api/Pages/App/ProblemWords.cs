using AccessFunctions.Api.Pipeline;

namespace AccessFunctions.Api.Pages.App;

/// <summary>A problem as people at a page are told it. What the problem itself says is for programs as well: fields, headers, documents.</summary>
internal sealed record ProblemWords(string Title, string Says, string? Remedy)
{
    private const string OpenAgain = "Open the page again, and send it from there.";

    public static ProblemWords Of(ProblemView view)
    {
        var problem = Problems.All.FirstOrDefault(problem => view.Type.EndsWith($"#{problem.Slug}", StringComparison.Ordinal));
        return problem?.Slug switch
        {
            "bad-parameter" => new("This address cannot be read", Parameter(view), "Open the page without what follows the question mark, and choose there what to see."),
            "invalid" => new("This cannot be taken", Fields(view), "Go back and mend what is named here."),
            "malformed" => new("This cannot be read", "What was sent is not what a form of this page sends.", OpenAgain),
            "unsupported-media-type" => new("This cannot be read", "What was sent is not what a form of this page sends.", OpenAgain),
            "body-too-large" => new("This is too long", "What was sent is longer than any form here takes.", "Go back and send less."),
            "idempotency-key-invalid" or "idempotency-key-reused" => new("This form was used before", "What was sent belongs to a form that was sent with something else in it.", OpenAgain),
            "unknown-address" => new("There is no such page", "Nothing is at this address: it was mistyped, or what was there is gone.", null),
            "method-not-allowed" => new("This page takes no such form", "The address is there, and shows or takes something else.", null),
            "not-from-our-page" => new(view.Title, view.Detail, OpenAgain),
            _ => new(view.Title, view.Detail, problem?.Remedy is { } remedy && !remedy.Contains('`', StringComparison.Ordinal) ? remedy : null),
        };
    }

    private static string Parameter(ProblemView view)
    {
        if (view.Errors?.FirstOrDefault() is not { Key: { } name, Value: [var message, ..] }) return view.Detail;
        return name.Length == 0 ? "It holds something without a name."
            : message.StartsWith("Unknown", StringComparison.Ordinal) ? $"This page knows nothing that is called \"{name}\"."
            : message.StartsWith("Given twice", StringComparison.Ordinal) ? $"It says \"{name}\" twice."
            : $"What it says for \"{name}\" cannot be used. {message}";
    }

    private static string Fields(ProblemView view) =>
        view.Errors is { Count: > 0 } errors ? string.Join(" ", errors.SelectMany(static field => field.Value).Select(static message => new PageError(null, message).Words)) : view.Detail;
}
