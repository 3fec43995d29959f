using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>Recordings in a container of Azure Blob Storage, over its REST API: three calls, to list, to look and to read a part.</summary>
internal sealed class RecordingContainer(RecordingsOptions options, IStorageTokens? tokens) : IRecordingSource
{
    /// <summary>The service's version that is spoken.</summary>
    private const string Version = "2021-12-02";

    /// <summary>One client for all containers. The service never redirects.</summary>
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly string _container = options.Container!.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <inheritdoc/>
    public Task<RecordingFiles> List(int most, CancellationToken cancellation) => new RecordingListing(Page, options.Prefix, most).Read(cancellation);

    /// <summary>One page of names below a prefix, with folders as one name each or without.</summary>
    private async Task<RecordingPage> Page(string prefix, bool folders, string? marker, CancellationToken cancellation)
    {
        var query = $"restype=container&comp=list&prefix={Uri.EscapeDataString(prefix)}{(folders ? "&delimiter=%2F" : "")}{(marker is null ? "" : $"&marker={Uri.EscapeDataString(marker)}")}";
        using var answer = await Send(HttpMethod.Get, "", query, null, cancellation);
        if (!answer.IsSuccessStatusCode) throw Failed(answer.StatusCode);
        var page = await Xml(answer, cancellation);
        return new RecordingPage(
            [.. page.Descendants("Blob").Select(FileOf).OfType<RecordingFile>()],
            [.. page.Descendants("BlobPrefix").Select(static folder => folder.Element("Name")?.Value).OfType<string>()],
            page.Root?.Element("NextMarker")?.Value is { Length: > 0 } next ? next : null);
    }

    private RecordingFile? FileOf(XElement blob)
    {
        var properties = blob.Element("Properties");
        return blob.Element("Name")?.Value is { } name && name.StartsWith(options.Prefix, StringComparison.Ordinal)
            && name[options.Prefix.Length..] is var path && RecordingFormats.IsPlain(path)
            && long.TryParse(properties?.Element("Content-Length")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && properties.Element("Etag")?.Value is { Length: > 0 } tag
            ? new RecordingFile(path, length, tag.Trim('"'), Instant(properties.Element("Last-Modified")?.Value))
            : null;
    }

    /// <inheritdoc/>
    public async Task<RecordingFile?> Find(string path, CancellationToken cancellation)
    {
        if (!RecordingFormats.IsPlain(path)) return null;
        using var answer = await Send(HttpMethod.Head, path, "", null, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentLength is not { } length || answer.Headers.ETag is not { } tag) throw Failed(answer.StatusCode);
        return new RecordingFile(path, length, tag.Tag.Trim('"'), answer.Content.Headers.LastModified ?? DateTimeOffset.UnixEpoch);
    }

    /// <inheritdoc/>
    public async Task<Stream> Read(RecordingFile file, long from, long count, CancellationToken cancellation)
    {
        // An empty blob has no range.
        if (count == 0) return Stream.Null;
        var answer = await Send(HttpMethod.Get, file.Path, "", request =>
        {
            request.Headers.Range = new RangeHeaderValue(from, from + count - 1);
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{file.Tag}\""));
        }, cancellation);
        try
        {
            if (answer.StatusCode == HttpStatusCode.PreconditionFailed) throw new PlatformException($"{options.Name}: the recording changed while it was read.");
            if (answer.StatusCode != HttpStatusCode.PartialContent) throw Failed(answer.StatusCode);
            return new AnsweredStream(answer, await answer.Content.ReadAsStreamAsync(cancellation));
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string query, Action<HttpRequestMessage>? more, CancellationToken cancellation)
    {
        var name = path.Length == 0 ? "" : "/" + string.Join('/', (options.Prefix + path).Split('/').Select(Uri.EscapeDataString));
        var sas = options.Sas?.TrimStart('?');
        var address = $"{_container}{name}?{string.Join('&', new[] { query, sas }.Where(static part => !string.IsNullOrEmpty(part)))}".TrimEnd('?');
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add("x-ms-version", Version);
        more?.Invoke(request);
        try
        {
            if (sas is null)
            {
                var token = await (tokens ?? throw new PlatformException($"{options.Name}: this host has no identity of its own in Azure, so a shared access signature (sas) has to be configured.", permanent: true)).Token(cancellation);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException failure)
        {
            // The exception's own words may hold the address, which holds the signature.
            throw new PlatformException($"{options.Name}: the storage of recordings did not answer ({failure.HttpRequestError}).");
        }
    }

    private async Task<XDocument> Xml(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            using var reader = XmlReader.Create(body, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return await XDocument.LoadAsync(reader, LoadOptions.None, cancellation);
        }
        catch (XmlException)
        {
            throw new PlatformException($"{options.Name}: the storage of recordings answered with something that is no list.");
        }
    }

    private static DateTimeOffset Instant(string? text) =>
        DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : DateTimeOffset.UnixEpoch;

    private PlatformException Failed(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => new($"{options.Name}: the storage of recordings refuses this host ({(int)status}): it may not read and list the container."),
        HttpStatusCode.NotFound => new($"{options.Name}: there is no such container."),
        _ => new($"{options.Name}: the storage of recordings answered {(int)status}."),
    };

    /// <summary>The body of an answer, which ends with it.</summary>
    private sealed class AnsweredStream(HttpResponseMessage answer, Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                answer.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
