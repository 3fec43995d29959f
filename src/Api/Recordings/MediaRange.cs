using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AccessFunctions.Api.Recordings;

/// <summary>Which part of a whole is asked for (RFC 9110, section 14).</summary>
/// <param name="Status">200: all of it; 206: a part; 416: nothing that is there.</param>
/// <param name="From">The first byte.</param>
/// <param name="Count">How many.</param>
internal sealed record MediaRange(int Status, long From, long Count)
{
    /// <summary>
    /// Reads <c>Range</c> and <c>If-Range</c>. One range is answered; several, another unit or a range that cannot be read are ignored, which is
    /// allowed, and so is a range of another version than there is.
    /// </summary>
    /// <param name="headers">The call's.</param>
    /// <param name="length">Of the whole, in bytes.</param>
    /// <param name="tag">The version there is.</param>
    /// <param name="modified">The same as an instant; whole seconds.</param>
    public static MediaRange Of(IHeaderDictionary headers, long length, EntityTagHeaderValue tag, DateTimeOffset modified)
    {
        var whole = new MediaRange(StatusCodes.Status200OK, 0, length);
        if (!RangeHeaderValue.TryParse(headers.Range.ToString(), out var range) || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || range.Ranges is not { Count: 1 }) return whole;
        if (headers.IfRange.Count > 0 && !(RangeConditionHeaderValue.TryParse(headers.IfRange.ToString(), out var condition) && IsMet(condition, tag, modified))) return whole;

        var (from, to) = range.Ranges.First() switch
        {
            { From: { } first, To: var last } => (first, Math.Min(last ?? long.MaxValue, length - 1)),
            { To: { } suffix } => (Math.Max(0, length - suffix), suffix == 0 ? -1 : length - 1),
            _ => (0, -1L),
        };
        return from < length && from <= to ? new MediaRange(StatusCodes.Status206PartialContent, from, to - from + 1) : new MediaRange(StatusCodes.Status416RangeNotSatisfiable, 0, 0);
    }

    /// <summary>Only a strong tag tells that bytes are the same (RFC 9110, section 13.1.5).</summary>
    private static bool IsMet(RangeConditionHeaderValue condition, EntityTagHeaderValue tag, DateTimeOffset modified) =>
        condition.EntityTag is { } wanted ? wanted.Compare(tag, useStrongComparison: true) : condition.LastModified == modified;
}
