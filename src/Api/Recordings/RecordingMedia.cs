using System.Buffers;
using System.Globalization;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AccessFunctions.Api.Recordings;

/// <summary>The bytes of a recording on their way: in parts, and no further than the access goes.</summary>
internal sealed class RecordingMedia
{
    /// <summary>After so many bytes, or so long, the request is looked at again.</summary>
    private const long Trusted = 1024 * 1024;
    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(2);

    private const int Portion = 64 * 1024;
    private readonly ApiCall _call;
    private readonly RecordingAccess _access;
    private readonly Recording _recording;
    private readonly EntityTagHeaderValue _tag;
    private readonly MediaRange _range;

    public RecordingMedia(ApiCall call, RecordingAccess access, Recording recording)
    {
        (_call, _access, _recording) = (call, access, recording);
        _tag = new EntityTagHeaderValue($"\"{recording.Tag}\"");
        _range = MediaRange.Of(call.Http.Request.Headers, recording.Length, _tag, recording.ModifiedAt);
    }

    /// <summary>True where the answer holds bytes of the recording.</summary>
    public bool Leaves => !HttpMethods.IsHead(_call.Http.Request.Method) && _range.Status != StatusCodes.Status416RangeNotSatisfiable;

    /// <summary>True where it holds the first of them.</summary>
    public bool FromStart => _range.From == 0;

    public Answer Answer()
    {
        var headers = new Dictionary<string, string>
        {
            [HeaderNames.AcceptRanges] = "bytes",
            [HeaderNames.ETag] = _tag.ToString(),
            [HeaderNames.LastModified] = HeaderUtilities.FormatDate(_recording.ModifiedAt),
            [HeaderNames.ContentDisposition] = "inline",
        };
        if (_range.Status == StatusCodes.Status416RangeNotSatisfiable) headers[HeaderNames.ContentRange] = $"bytes */{Number(_recording.Length)}";
        if (_range.Status == StatusCodes.Status206PartialContent)
            headers[HeaderNames.ContentRange] = $"bytes {Number(_range.From)}-{Number(_range.From + _range.Count - 1)}/{Number(_recording.Length)}";
        return new Answer(_range.Status, _range.Status == StatusCodes.Status416RangeNotSatisfiable ? null : _recording.ContentType, Send) { Headers = headers };
    }

    private async Task Send(HttpContext http)
    {
        http.Response.ContentLength = _range.Count;
        if (!Leaves || _range.Count == 0) return;
        var time = _call.Service<TimeProvider>();
        var left = _access.Until - time.GetUtcNow();

        // A timer takes no more than 49 days; a call does not last so long.
        using var end = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(7) ? TimeSpan.FromDays(7) : left, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(end.Token, http.RequestAborted);
        try
        {
            // What was promised does not come any more: the connection breaks, so that nobody takes a part for the whole.
            if (!await Copy(http.Response.Body, time, bound.Token)) http.Abort();
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    /// <summary>False where the access ended on the way.</summary>
    private async Task<bool> Copy(Stream target, TimeProvider time, CancellationToken cancellation)
    {
        await using var source = await _recording.Read(_range.From, _range.Count, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(Portion);
        try
        {
            var viewing = _call.Service<RecordingViewing>();
            var (rest, since, looked) = (_range.Count, 0L, time.GetTimestamp());
            while (rest > 0)
            {
                if (since >= Trusted || time.GetElapsedTime(looked) >= TrustedFor)
                {
                    if (!await viewing.IsOpen(_access.Link, cancellation) || !await RecordingHandlers.GoesOn(_call, _access)) return false;
                    (since, looked) = (0, time.GetTimestamp());
                }

                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, rest)), cancellation);
                if (read == 0) throw new EndOfStreamException("The recording is shorter than it was.");
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
                (rest, since) = (rest - read, since + read);
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
