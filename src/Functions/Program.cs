using AccessFunctions.Functions.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddAccessFunctions(builder.Configuration);
Telemetry.Add(builder.Services, builder.Configuration);
await builder.Build().RunAsync();
