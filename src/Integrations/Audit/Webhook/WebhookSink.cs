using System.Net;
using System.Net.Http.Headers;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Integrations.Audit.Webhook;

/// <summary>
/// Posts events as batches of CloudEvents (<c>application/cloudevents-batch+json</c>), signed (<see cref="PostSignature"/>). Any 2xx says
/// that they are safe there. No redirect is followed, and no proxy used. Where a batch is refused for what it holds (400, 413, 422), its
/// events are sent one by one to find which one it is.
/// </summary>
public sealed class WebhookSink : IAuditSink, IDisposable
{
    /// <summary>The content type of a batch.</summary>
    public const string ContentType = "application/cloudevents-batch+json";

    private readonly WebhookOptions _options;
    private readonly WireFormat _wire;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly Uri _address;

    /// <summary>Creates the sink; the options are valid.</summary>
    public WebhookSink(WebhookOptions options, WireFormat wire, TimeProvider time)
    {
        (_options, _wire, _time, _address) = (options, wire, time, new Uri(options.Address));
        var networks = options.Networks;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancellation) => PublicNetworks.Connect(context.DnsEndPoint, networks, cancellation),
        };
        if (options.TrustedCertificates is { } trusted) handler.SslOptions.CertificateChainPolicy = TrustedAuthorities.Of(trusted);
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    /// <exception cref="AuditRefusedException">The receiver refuses one event for what it is.</exception>
    /// <exception cref="HttpRequestException">The receiver was not reached, or did not take a batch.</exception>
    public async Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        foreach (var batch in rows.Chunk(_options.BatchSize))
        {
            if (await Refused(batch.Select(_wire.Line), cancellation) is not { } why) continue;
            if (batch.Length == 1) throw new AuditRefusedException(batch[0].Stream, batch[0].Sequence, why);
            foreach (var row in batch)
            {
                if (await Refused([_wire.Line(row)], cancellation) is { } alone) throw new AuditRefusedException(row.Stream, row.Sequence, alone);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="AuditRefusedException">The receiver refuses it for what it is.</exception>
    /// <exception cref="HttpRequestException">The receiver was not reached, or did not take it.</exception>
    public async Task Send(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (await Refused([_wire.Line(checkpoint)], cancellation) is { } why) throw new AuditRefusedException(AuditRefusedException.Checkpoints, checkpoint.Number, why);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Posts a batch; null where it was taken, why where it was refused for what it holds.</summary>
    private async Task<string?> Refused(IEnumerable<byte[]> lines, CancellationToken cancellation)
    {
        byte[] body = [(byte)'[', .. lines.SelectMany(static (line, index) => index == 0 ? line : [(byte)',', .. line]), (byte)']'];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TimeoutSeconds), _time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        using var post = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(body) };
        post.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        post.Headers.Add(PostSignature.Header, PostSignature.Sign(_options.Secret, _time.GetUtcNow(), body));
        try
        {
            // What it answers beside the status is not read.
            using var answer = await _client.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, bound.Token);
            if (answer.IsSuccessStatusCode) return null;
            var status = (int)answer.StatusCode;
            return answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity
                ? $"the receiver answered {status}"
                : throw new HttpRequestException($"The receiver answered {status}.", null, answer.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException("The receiver did not answer in time.");
        }
    }
}
