using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// What one kind of file said when it last could be used. A file that cannot be used leaves its last good version in force; so does one
/// that is gone, where that is not a way to say "none".
/// </summary>
/// <typeparam name="T">What the file is read into.</typeparam>
/// <param name="kept">For a start that finds one broken; null keeps none.</param>
internal sealed class FileCache<T>(ILastGoodFiles? kept)
    where T : class
{
    private readonly Dictionary<string, Reading<T>> _good = new(StringComparer.Ordinal);

    /// <summary>Paths with a version in force, in ordinal order.</summary>
    public IReadOnlyList<string> Paths => [.. _good.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The version in force, where there is one.</summary>
    public Reading<T>? Good(string path) => _good.GetValueOrDefault(path);

    /// <summary>Reads a file, unless it still says what the version in force says.</summary>
    /// <param name="name">Its name in errors.</param>
    /// <returns>What it says now; null where it cannot be used.</returns>
    public Reading<T>? Read(string path, string name, Func<YamlDocument, List<ConfigurationError>, T?> read, List<ConfigurationError> errors)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var version = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (Good(path) is { } good && good.Version == version) return good;
            var document = YamlDocument.Parse(name, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
            if (read(document, errors) is { } value) return new Reading<T>(value, version, document) { Name = name, Bytes = bytes };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigurationError(name, 0, 0, "", error is FileNotFoundException or DirectoryNotFoundException ? "the file is missing" : $"the file cannot be read: {error.Message}"));
        }

        FallBack(path, name, read);
        return null;
    }

    /// <summary>Where no version is in force yet, puts the one in force that was kept before the host last stopped.</summary>
    public void FallBack(string path, string name, Func<YamlDocument, List<ConfigurationError>, T?> read)
    {
        if (Good(path) is not null || kept?.Find(name) is not { } bytes) return;
        var document = YamlDocument.Parse(name, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
        if (read(document, []) is { } value) _good[path] = new Reading<T>(value, Convert.ToHexStringLower(SHA256.HashData(bytes)), document) { Name = name, Bytes = bytes };
    }

    /// <summary>Puts a version in force, and keeps it for a start that finds the file broken.</summary>
    public void Accept(string path, Reading<T> reading)
    {
        _good[path] = reading;
        kept?.Keep(reading.Name, reading.Bytes);
    }

    /// <summary>Drops files for good.</summary>
    public void Forget(string path)
    {
        if (_good.Remove(path, out var gone)) kept?.Forget(gone.Name);
    }
}

/// <summary>One version of a file.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Version">SHA-256 of its bytes, in lower-case hex.</param>
/// <param name="Document">For the places of later findings.</param>
internal sealed record Reading<T>(T Value, string Version, YamlDocument Document)
{
    /// <summary>The file's name, relative to the folder.</summary>
    public required string Name { get; init; }

    /// <summary>Exactly what was read.</summary>
    public required byte[] Bytes { get; init; }
}
