using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Vault;

/// <summary>The keys that were found, and what the host has to say about them at start.</summary>
/// <param name="Ring">The keys.</param>
/// <param name="Source">Where the current one came from, for people; no key material.</param>
/// <param name="Warnings">Sentences to log as warnings; none where all is well.</param>
public sealed record LoadedKeys(KeyRing Ring, string Source, IReadOnlyList<string> Warnings);

/// <summary>The vault's keys cannot be used as they are. The message says where and what to do; no key material.</summary>
public sealed class VaultKeyException : Exception
{
    public VaultKeyException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>
/// Finds the vault's key-encryption keys: in a variable or a file outside the data directory, else in a file in the data directory,
/// which is made when it is not there. Several keys (one per line, or separated by commas; the current one first) open what older keys sealed.
/// </summary>
public static class VaultKeys
{
    /// <summary>The variable that holds the keys: base64 of 32 bytes each.</summary>
    public const string Variable = "ACCESS_VAULT_KEY";

    /// <summary>The variable that names a file which holds them; lines that begin with <c>#</c> are comments.</summary>
    public const string FileVariable = "ACCESS_VAULT_KEY_FILE";

    /// <summary>The file in the data directory that is used, and made, where neither variable is set.</summary>
    public const string LocalFile = "vault.key";

    private const string HowToMake = "make one with: openssl rand -base64 32";

    /// <summary>Loads the keys.</summary>
    /// <param name="dataDirectory">The host's data directory; made where it is missing.</param>
    /// <param name="variable">Reads a variable: <see cref="Environment.GetEnvironmentVariable(string)"/> in a host.</param>
    /// <exception cref="VaultKeyException">A key is malformed, a file cannot be read, or both variables are set.</exception>
    public static LoadedKeys Load(string dataDirectory, Func<string, string?> variable)
    {
        var local = Path.Combine(dataDirectory, LocalFile);
        var (text, path) = (variable(Variable), variable(FileVariable));
        if (string.IsNullOrWhiteSpace(text)) text = null;
        if (string.IsNullOrWhiteSpace(path)) path = null;
        if (text is not null && path is not null)
            throw new VaultKeyException($"Both {Variable} and {FileVariable} are set: keep one.");

        var warnings = new List<string>();
        var here = File.Exists(local) ? ReadFile(local, LocalFile, warnings) : null;
        if (text is null && path is null)
        {
            warnings.Add(
                $"The vault's key lies in the data directory ({LocalFile}), beside the secrets it protects: whoever copies the directory can read them. " +
                $"Set {Variable} (base64 of 32 bytes) or {FileVariable} (a file elsewhere).");
            here ??= [Create(local)];
            return new LoadedKeys(new KeyRing(here[0], here.Skip(1)), $"{LocalFile} in the data directory", warnings);
        }

        var given = text is not null ? Parse(text, Variable) : ReadFile(path!, FileVariable, warnings);
        if (path is not null && IsInside(path, dataDirectory))
            warnings.Add($"{FileVariable} names a file inside the data directory: whoever copies the directory can read the secrets. Keep the key elsewhere.");
        if (here is not null && (path is null || !SamePath(path, local)))
            warnings.Add($"The data directory still holds {LocalFile}. It opens secrets sealed before the key was set from outside; new ones no longer use it.");
        return new LoadedKeys(new KeyRing(given[0], given.Skip(1).Concat(here ?? [])), text is not null ? Variable : FileVariable, warnings);
    }

    private static List<KeyEncryptionKey> ReadFile(string path, string source, List<string> warnings)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
                warnings.Add($"The vault's key file ({source}) can be read by others than its owner: chmod 600.");
            return Parse(File.ReadAllText(path), source);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VaultKeyException($"The vault's key file ({source}) cannot be read: {failure.Message}", failure);
        }
    }

    private static List<KeyEncryptionKey> Parse(string text, string source)
    {
        var keys = new List<KeyEncryptionKey>();
        var lines = text.Split('\n', StringSplitOptions.TrimEntries).Where(line => !line.StartsWith('#'));
        foreach (var word in lines.SelectMany(line => line.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            var bytes = new byte[KeyEncryptionKey.Length];
            try
            {
                if (!Convert.TryFromBase64String(word, bytes, out var length) || length != bytes.Length)
                    throw new VaultKeyException($"{source}: key {keys.Count + 1} is not base64 of exactly {KeyEncryptionKey.Length} bytes; {HowToMake}.");
                keys.Add(new KeyEncryptionKey(bytes));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }

        return keys.Count > 0 ? keys : throw new VaultKeyException($"{source} holds no key; {HowToMake}.");
    }

    /// <summary>Written beside and moved into place, so that a crash leaves a whole key or none.</summary>
    private static KeyEncryptionKey Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var key = KeyEncryptionKey.Generate();
        var temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write("# Seals the secrets in this directory. Keep it secret, and keep a copy: without it they are lost.\n"u8);
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key.Bytes) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: false);
        return key;
    }

    private static bool IsInside(string path, string directory) =>
        Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static bool SamePath(string one, string other) => Path.GetFullPath(one) == Path.GetFullPath(other);
}
