using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Channels;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Profile;

/// <summary>What the forms that link a Slack user send.</summary>
internal static class SlackPart
{
    public const string Path = Menu.Profile + "/slack", StepField = "step", UserField = "slackUser", CodeField = "slackCode", Confirm = "confirm", Unlink = "unlink";

    /// <summary>What the page says was done.</summary>
    public const string SentWord = "code-sent", LinkedWord = "slack-linked", UnlinkedWord = "slack-unlinked";

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new(StepField, $"`{Confirm}` links by the code, `{Unlink}` removes the link; anything else sends a code."),
        new(UserField, "The Slack member id that the code is sent to."),
        new(CodeField, "The code."),
    ];

    public static async Task<IResult> Link(ApiCall call)
    {
        var (linking, step) = (call.Service<SlackLinking>(), call.Form[StepField]);
        if (step == Unlink)
            return await linking.Unlink(call.Caller, call.Caller.Id, call.Cancellation) is { } refusal ? Answer.Problem(call.Http, refusal) : Done(UnlinkedWord);

        var answer = step == Confirm
            ? await linking.Confirm(call.Caller, call.Form[CodeField], call.Cancellation)
            : await linking.Ask(call.Caller, call.Form[UserField], call.Cancellation);
        if (answer.Done) return Done(step == Confirm ? LinkedWord : SentWord);

        var trace = CallTrace.Of(call.Http);
        (trace.IsRecorded, trace.Reason) = (!answer.IsUnrecorded, answer.Reason);

        // Where the form is gone, because no code is awaited any more, its field cannot be blamed.
        var model = await ProfilePages.Read(call);
        var field = step != Confirm ? UserField : model.Slack.Awaited is not null ? CodeField : null;
        return await ProfilePages.Show(call, model with
        {
            Slack = model.Slack with { Typed = call.Form[UserField] },
            Errors = [new PageError(model.Slack.SetUp ? field : null, answer.Words)],
        }, StatusCodes.Status422UnprocessableEntity);
    }

    private static Answer Done(string word) => Answer.SeeOther($"{Menu.Profile}?{ProfilePages.DoneParameter}={word}");
}
