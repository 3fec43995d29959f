using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Demo;

/// <summary>
/// The mailboxes of a demo, so that a newcomer can click links and reply in one browser. Mails hold links that decide: anywhere but in a
/// demo there is no such address.
/// </summary>
internal static class DemoMailHandlers
{
    public const string WordsField = "words";
    public const string TicketField = "ticket";
    private const int Most = 200;

    public static async Task<IResult> List(ApiCall call)
    {
        var mailbox = Mailbox(call);
        var of = new QueryReader(call).Text("to");
        var mails = await mailbox.List(Most, call.Cancellation);
        return await call.Service<PageRenderer>().Render<DemoMailListPage>(
            StatusCodes.Status200OK,
            (nameof(DemoMailListPage.Mails), mails.Where(mail => of is null || string.Equals(mail.To, of, StringComparison.OrdinalIgnoreCase)).ToList()),
            (nameof(DemoMailListPage.Readers), mails.Select(static mail => mail.To).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList()),
            (nameof(DemoMailListPage.Of), of));
    }

    public static async Task<IResult> Show(ApiCall call) => await Page(call, await Find(call));

    public static async Task<IResult> Reply(ApiCall call)
    {
        var mail = await Find(call);
        var form = await PageForm.Read(call.Route, call.Http);
        if (!SameSite.Is(call.Http) || !call.Service<FormTickets>().Takes(form[TicketField], mail.Name))
            return await Page(call, mail, StatusCodes.Status403Forbidden, "This did not come from the page itself, so nothing was sent. Send it from here.");
        if (mail.ReplyTo is null) return await Page(call, mail, StatusCodes.Status422UnprocessableEntity, "Nobody reads replies to this mail.");
        if (form[WordsField] is not { } words)
            return await Page(call, mail, StatusCodes.Status422UnprocessableEntity, "Write something first, for example APPROVE.");
        var said = await Mailbox(call).Reply(mail, words, Callers.Address(call.Http), call.Cancellation) switch
        {
            ReplyResult.Decided => "Your reply counts. What follows is in the mailboxes.",
            ReplyResult.Refused => "Your reply changed nothing. Why not is in the mailbox, in an answer to it.",
            ReplyResult.Ignored => "Your reply was taken for an automatic one, and changed nothing.",
        };
        return await Page(call, mail, StatusCodes.Status200OK, said);
    }

    private static Task<Answer> Page(ApiCall call, DemoMail mail, int status = StatusCodes.Status200OK, string? said = null) =>
        call.Service<PageRenderer>().Render<DemoMailPage>(
            status,
            (nameof(DemoMailPage.Mail), mail),
            (nameof(DemoMailPage.Parts), MailParts.Of(mail.Mail.Text.Value)),
            (nameof(DemoMailPage.Ticket), call.Service<FormTickets>().Issue(mail.Name)),
            (nameof(DemoMailPage.Said), said),
            (nameof(DemoMailPage.Good), status == StatusCodes.Status200OK));

    private static IDemoMailbox Mailbox(ApiCall call) =>
        call.Service<IOptions<ApiOptions>>().Value.Demo && call.Http.RequestServices.GetService<IDemoMailbox>() is { } mailbox
            ? mailbox
            : throw new ProblemException(Fault.UnknownAddress);

    private static async Task<DemoMail> Find(ApiCall call) =>
        await Mailbox(call).Find((string)call.Http.Request.RouteValues["name"]!, call.Cancellation) ?? throw new ProblemException(Fault.UnknownAddress);
}
