using AccessFunctions.Api.Demo;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that channels lead to: links in mails, replies, Slack. The credential is in the message.</summary>
internal static class ChannelRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Review("GET", "ShowReview", "The page behind a link in a mail; opening it changes nothing.", ReviewHandlers.Show),
        Review("POST", "DecideReview", "Decides by the form of that page.", ReviewHandlers.Decide) with { Form = ReviewInput.Fields, EachCallCounts = true },
        new()
        {
            Name = "SlackEvents", Method = "POST", Template = "/api/slack/events", Channel = Channel.SlackReaction, Anonymous = true, EachCallCounts = true, Headers = SlackHandlers.Headers,
            Summary = "Takes reactions to messages in Slack, signed by Slack's Events API.", Handler = SlackHandlers.Events,
        },
        new()
        {
            Name = "PostMail", Method = "POST", Template = "/api/mail/inbound", Channel = Channel.EmailReply, Anonymous = true, EachCallCounts = true, ResponseType = typeof(MailView),
            Headers = MailHandlers.Headers, BodyTypes = MailHandlers.BodyTypes,
            Summary = "A mail gateway hands over a reply; signed.", Handler = MailHandlers.Post,
        },
        DemoMail("GET", "ListDemoMail", "", "The mailboxes of a demo; elsewhere there is no such address.", DemoMailHandlers.List) with
        {
            Query = [new QueryParameter("to", typeof(string), "Only mails to this address.")],
        },
        DemoMail("GET", "ShowDemoMail", "/{name}", "A mail of a demo.", DemoMailHandlers.Show),
        DemoMail("POST", "ReplyToDemoMail", "/{name}", "Replies to a mail of a demo as its reader.", DemoMailHandlers.Reply) with
        {
            Form = [new FormField(DemoMailHandlers.TicketField, "What the page gave.", Required: true), new FormField(DemoMailHandlers.WordsField, "What the reader writes above the quoted mail.", Required: true)],
            EachCallCounts = true,
        },
    ];

    /// <summary>The credential is the token in the path.</summary>
    private static ApiRoute Review(string method, string name, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = method,
        Template = "/review/{token}",
        Channel = Channel.EmailLink,
        Anonymous = true,
        Page = true,
        ResponseContentType = "text/html",
        OtherAnswers = new Dictionary<int, string>
        {
            [StatusCodes.Status403Forbidden] = "Not by this reader, not through a link, or not from the page.",
            [StatusCodes.Status404NotFound] = "No link of ours.",
            [StatusCodes.Status409Conflict] = "Used, settled, changed or passed since.",
            [StatusCodes.Status410Gone] = "Expired.",
        },
        Summary = summary,
        Handler = handler,
    };

    private static ApiRoute DemoMail(string method, string name, string rest, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = method,
        Template = $"/demo/mail{rest}",
        Anonymous = true,
        Page = true,
        ResponseContentType = "text/html",
        Summary = summary,
        Handler = handler,
    };
}
