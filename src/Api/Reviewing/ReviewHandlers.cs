using System.Net.Http.Headers;
using System.Text;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Reviewing;

/// <summary>
/// The page behind a link in a mail. Showing it changes nothing, whatever fetches it; posting its form decides, once. The answer is a page,
/// whatever happens.
/// </summary>
internal static class ReviewHandlers
{
    /// <summary>What a form may hold: the longest comment in the longest encoding, and the rest.</summary>
    private const int FormLimit = 64 * 1024;

    public static async Task<IResult> Show(ApiCall call)
    {
        var desk = new ReviewDesk(call);
        if (await desk.Open() is { } refusal) return refusal;
        var standing = desk.Standing();
        return standing == Standing.Open ? await desk.Form(desk.Text(standing)) : await desk.Page(standing);
    }

    public static async Task<IResult> Decide(ApiCall call)
    {
        var desk = new ReviewDesk(call);
        if (await desk.Open() is { } refusal) return refusal;
        if (!SameSite.Is(call.Http)) return await desk.Refuse("cross-site", ReviewText.CrossSite);
        if (await Read(call) is not { } input) return await desk.Refuse("form-malformed", ReviewText.NoTicket);
        var standing = desk.Standing();
        if (!desk.Takes(input))
        {
            await desk.Record("form-foreign");
            return standing == Standing.Open ? await desk.Form(ReviewText.NoTicket) : await desk.Page(standing);
        }

        if (standing == Standing.Used) return await desk.Again(input);
        if (standing == Standing.Expired) return await desk.Refuse("link-expired", desk.Text(standing));
        if (standing == Standing.Open && input.Errors(desk.Link.Kind) is { Count: > 0 } errors)
            return await desk.Form(desk.Text(Standing.Open) with { Status = StatusCodes.Status422UnprocessableEntity }, input, errors);
        return input.Fits(desk.Link.Kind) ? await desk.Send(input) : await desk.Page(standing);
    }

    private static async Task<ReviewInput?> Read(ApiCall call)
    {
        var bytes = await BodyReader.Bytes(call.Http.Request, FormLimit);
        if (!MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var media)
            || !string.Equals(media.MediaType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return ReviewInput.Read(Encoding.UTF8.GetString(bytes));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
