using System.Diagnostics.CodeAnalysis;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>One recording in memory, and links to it.</summary>
internal sealed class MemoryRecordings : IRecordingLinks
{
    public const string Resource = "rec/session-42.mp4";
    private readonly Dictionary<string, RecordingLink> _minted = [];

    public MemoryRecordings()
    {
        Platform = Substitute.For<IPlatform, IRecordings>();
        Platform.Name.Returns("rec");
        ((IRecordings)Platform).Gives(default!, default).ReturnsForAnyArgs(_ => Given);
        ((IRecordings)Platform).Open(default!, default).ReturnsForAnyArgs(_ => Given ? Recording : null);
    }

    public IPlatform Platform { get; }

    /// <summary>False: the platform has marked the grant as ended.</summary>
    public bool Given { get; set; } = true;

    public byte[] Bytes { get; set; } = [.. "0123456789"u8];

    public string ContentType { get; set; } = "video/mp4";

    /// <summary>Called before each reading.</summary>
    public Action Reading { get; set; } = static () => { };

    private Recording Recording => new(Resource, ContentType, Bytes.Length, "t1", DateTimeOffset.UnixEpoch.AddYears(56), new RecordingAbout { User = "<b>root</b>" }, (from, count, _) =>
    {
        Reading();
        return Task.FromResult<Stream>(new MemoryStream(Bytes, (int)from, (int)count));
    });

    public string Mint(RecordingLink link)
    {
        var token = $"recording-token-{_minted.Count}";
        _minted.Add(token, link);
        return token;
    }

    public bool TryRead(string token, [NotNullWhen(true)] out RecordingLink? link) => _minted.TryGetValue(token, out link);
}
