using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Reads lists of requests whole.</summary>
internal static class RequestPages
{
    private const int PageSize = 200;

    /// <summary>Every request of a list, page by page, newest first.</summary>
    public static async IAsyncEnumerable<AccessRequest> All(this IRequestReader requests, RequestFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var page = await requests.List(filter, cursor, PageSize, cancellation);
            foreach (var request in page.Items) yield return request;
            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
