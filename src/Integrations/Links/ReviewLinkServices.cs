using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Links;

/// <summary>Registers links and their keys.</summary>
public static class ReviewLinkServices
{
    /// <summary>Tells these keys from those of other applications, should they ever share a place.</summary>
    private const string Application = "access-functions";

    /// <summary>For how long a key makes links; it reads them for good.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(90);

    /// <summary>Adds <see cref="IReviewLinks"/> and <see cref="IRecordingLinks"/> over Data Protection.</summary>
    /// <returns>Says where the keys are kept: the caller has to.</returns>
    public static IDataProtectionBuilder AddReviewLinks(this IServiceCollection services)
    {
        services.AddSingleton<IReviewLinks, ProtectedReviewLinks>();
        services.AddSingleton<IRecordingLinks, ProtectedRecordingLinks>();

        // It warns of keys that are not sealed by another key. Where they are kept (files of the owner's, a vault) is what protects them.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        return services.AddDataProtection().SetApplicationName(Application).SetDefaultKeyLifetime(KeyLifetime);
    }

    /// <summary>Keeps keys as files, which only their owner reads.</summary>
    /// <param name="path">The directory; made where it is missing.</param>
    public static IDataProtectionBuilder KeepKeysIn(this IDataProtectionBuilder builder, string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return builder.PersistKeysToFileSystem(new DirectoryInfo(path));
    }
}
