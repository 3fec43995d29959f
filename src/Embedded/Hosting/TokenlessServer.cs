using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Sessions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>
/// Takes the tokens of links, and the codes of sign-ins, out of the addresses before anything else sees them: what the web server's own code logs, traces and puts into
/// scopes is the path, whatever the settings say.
/// </summary>
internal sealed class TokenlessServer(IServer inner) : IServer
{
    public IFeatureCollection Features => inner.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull =>
        inner.StartAsync(new Application<TContext>(application), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public void Dispose() => inner.Dispose();

    /// <summary>Puts it in front of the server that is registered.</summary>
    public static void Add(IServiceCollection services)
    {
        var server = services.Last(static service => service.ServiceType == typeof(IServer));
        services.Remove(server);
        services.AddSingleton<IServer>(provider => new TokenlessServer((IServer)(server.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, server.ImplementationType!))));
    }

    private sealed class Application<TContext>(IHttpApplication<TContext> inner) : IHttpApplication<TContext> where TContext : notnull
    {
        public TContext CreateContext(IFeatureCollection contextFeatures)
        {
            if (contextFeatures.Get<IHttpRequestFeature>() is { } request && PathToken.Hide(request.Path) is var (token, path))
            {
                contextFeatures.Set(token);
                request.Path = path;
                request.RawTarget = path;
            }

            if (contextFeatures.Get<IHttpRequestFeature>() is { } back && CallbackQuery.Hide(back.Path, back.QueryString) is { } query)
            {
                contextFeatures.Set(query);
                back.QueryString = "";
                back.RawTarget = back.Path;
            }

            return inner.CreateContext(contextFeatures);
        }

        public Task ProcessRequestAsync(TContext context) => inner.ProcessRequestAsync(context);

        public void DisposeContext(TContext context, Exception? exception) => inner.DisposeContext(context, exception);
    }
}
