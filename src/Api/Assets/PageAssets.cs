using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;

namespace AccessFunctions.Api.Assets;

/// <summary>
/// What pages load: style, scripts and icon, embedded when the assembly was built. Names hold a hash of the content, so that a browser may
/// keep them for good.
/// </summary>
public static class PageAssets
{
    private const string Folder = "assets/";
    private static readonly Dictionary<string, PageAsset> BySource = Read();
    private static readonly FrozenDictionary<string, PageAsset> ByName = BySource.Values.ToFrozenDictionary(static asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The address of the one style sheet.</summary>
    public static string Style { get; } = BySource["app.css"].Address;

    /// <summary>The address of our own script.</summary>
    public static string Script { get; } = BySource["app.js"].Address;

    /// <summary>The address of htmx.</summary>
    public static string Htmx { get; } = BySource["htmx.js"].Address;

    /// <summary>The address of the icon.</summary>
    public static string Icon { get; } = BySource["icon.svg"].Address;

    /// <summary>The asset of that name, hash included; null where there is none.</summary>
    public static PageAsset? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, PageAsset> Read()
    {
        var assembly = typeof(PageAssets).Assembly;
        return assembly.GetManifestResourceNames().Where(static resource => resource.StartsWith(Folder, StringComparison.Ordinal)).ToDictionary(static resource => resource[Folder.Length..], resource =>
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return PageAsset.Of(resource[Folder.Length..], bytes.ToArray());
        });
    }
}

/// <summary>One of them.</summary>
public sealed record PageAsset
{
    /// <summary>With the hash: <c>app.3f9a2c41d07b.css</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The media type.</summary>
    public required string Type { get; init; }

    /// <summary>The content as it is.</summary>
    public required byte[] Plain { get; init; }

    /// <summary>The content in brotli (RFC 7932).</summary>
    public required byte[] Brotli { get; init; }

    /// <summary>The path it is served at.</summary>
    public string Address => $"/assets/{Name}";

    internal static PageAsset Of(string source, byte[] bytes)
    {
        using var small = new MemoryStream();
        using (var brotli = new BrotliStream(small, CompressionLevel.Optimal, leaveOpen: true)) brotli.Write(bytes);
        var extension = Path.GetExtension(source);
        return new PageAsset
        {
            Name = $"{Path.GetFileNameWithoutExtension(source)}.{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 6))}{extension}",
            Type = extension switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => throw new InvalidOperationException($"{source} has no media type here."),
            },
            Plain = bytes,
            Brotli = small.ToArray(),
        };
    }
}
