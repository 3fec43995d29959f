using System.Runtime.CompilerServices;
using AccessFunctions.Functions.Requests;
using Azure;
using Azure.Identity;

namespace AccessFunctions.Functions.Storage;

/// <summary>Tells failures of a storage service that pass by themselves from those that stay.</summary>
internal static class Transient
{
    /// <summary>Runs work against the service.</summary>
    /// <exception cref="TransientException">No connection, no token, no permission yet (401, 403), a time-out (408), throttling (429) or a failure of the service (5xx). Others fly as they are.</exception>
    public static async Task<T> Run<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (Passes(failure, cancellation))
        {
            throw Named(failure);
        }
    }

    /// <summary>The same for work without a result.</summary>
    public static Task Run(Func<Task> work, CancellationToken cancellation) => Run<object?>(
        async () =>
        {
            await work();
            return null;
        },
        cancellation);

    /// <summary>The same for what is read piece by piece.</summary>
    public static async IAsyncEnumerable<T> Read<T>(IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var items = source.GetAsyncEnumerator(cancellation);
        while (await Run(() => items.MoveNextAsync().AsTask(), cancellation)) yield return items.Current;
    }

    /// <summary>True where another try may succeed. Time-outs show as cancellations that nobody asked for.</summary>
    private static bool Passes(Exception failure, CancellationToken cancellation) => failure switch
    {
        // Permissions that were just given take minutes to arrive, and a token's source may be away: without them nothing can go on, so nothing is given up.
        RequestFailedException { Status: 0 or 401 or 403 or 408 or 429 or >= 500 } => true,
        AuthenticationFailedException => true,
        OperationCanceledException => !cancellation.IsCancellationRequested,
        AggregateException several => several.InnerExceptions.Count > 0 && several.InnerExceptions.All(inner => inner is IOException || Passes(inner, cancellation)),
        _ => false,
    };

    private static TransientException Named(Exception failure) => new(
        failure is RequestFailedException { Status: > 0 } answered ? $"Storage answered {answered.Status} {answered.ErrorCode}." : $"Storage did not answer: {failure.GetType().Name}.", failure);
}
