/*
 * A Vulkan driver that wraps another, for drivers that compile shaders but have no hardware (Mesa's RADV with
 * RADV_FORCE_FAMILY). Commands are not recorded, and submissions are done at once, so that Dawn can open a device. What
 * the driver says of each compute pipeline is written to files.
 *
 * COMPILED_DRIVER  the driver to wrap, a shared library
 * COMPILED_OUT     folder that gets <number>.stats, and <number>.<representation>.txt with the machine code
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan.h>

#define EXPORT __attribute__((visibility("default")))

static PFN_vkGetInstanceProcAddr next_proc;
static PFN_vkVoidFunction (*next_physical_proc)(VkInstance, const char *);
static PFN_vkGetDeviceProcAddr next_device_proc;
static PFN_vkCreateDevice next_create_device;
static VkInstance instance;
static int number;

static void open_driver(void) {
  if (next_proc) return;
  const char *name = getenv("COMPILED_DRIVER");
  void *driver = dlopen(name ? name : "libvulkan_radeon.so", RTLD_NOW | RTLD_LOCAL);
  if (!driver) {
    fprintf(stderr, "driver: %s\n", dlerror());
    abort();
  }
  next_proc = (PFN_vkGetInstanceProcAddr)dlsym(driver, "vk_icdGetInstanceProcAddr");
  next_physical_proc = (PFN_vkVoidFunction(*)(VkInstance, const char *))dlsym(driver, "vk_icdGetPhysicalDeviceProcAddr");
}

/* What stands in for all commands, and for all that waits. The System V calling convention has no fixed arguments. */
static VkResult done(void) { return VK_SUCCESS; }

/* --- Pipelines. */

static FILE *file(int id, const char *kind, const char *extension) {
  char path[4096];
  const char *folder = getenv("COMPILED_OUT");
  snprintf(path, sizeof path, "%s/%03d%s%s.%s", folder ? folder : ".", id, *kind ? "." : "", kind, extension);
  for (char *c = strrchr(path, '/'); *c; c++) {
    if (*c == ' ') *c = '-';
  }
  FILE *f = fopen(path, "wb");
  if (!f) perror(path);
  return f;
}

static void write_executable(VkDevice device, VkPipeline pipeline, uint32_t index, int id) {
#define NEXT(name) PFN_##name name##_ = (PFN_##name)next_device_proc(device, #name)
  NEXT(vkGetPipelineExecutableStatisticsKHR);
  NEXT(vkGetPipelineExecutableInternalRepresentationsKHR);
  VkPipelineExecutableInfoKHR info = {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR, NULL, pipeline, index};
  uint32_t count = 0;
  vkGetPipelineExecutableStatisticsKHR_(device, &info, &count, NULL);
  VkPipelineExecutableStatisticKHR *statistics = calloc(count, sizeof *statistics);
  for (uint32_t i = 0; i < count; i++) statistics[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
  vkGetPipelineExecutableStatisticsKHR_(device, &info, &count, statistics);
  FILE *f = file(id, "", "stats");
  for (uint32_t i = 0; f && i < count; i++) {
    const VkPipelineExecutableStatisticKHR *s = &statistics[i];
    fprintf(f, "%s\t", s->name);
    if (s->format == VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_FLOAT64_KHR) fprintf(f, "%g\n", s->value.f64);
    else if (s->format == VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR) fprintf(f, "%u\n", s->value.b32);
    else fprintf(f, "%llu\n", (unsigned long long)s->value.u64);
  }
  uint32_t executables = 0;
  NEXT(vkGetPipelineExecutablePropertiesKHR);
  VkPipelineInfoKHR of = {VK_STRUCTURE_TYPE_PIPELINE_INFO_KHR, NULL, pipeline};
  vkGetPipelineExecutablePropertiesKHR_(device, &of, &executables, NULL);
  VkPipelineExecutablePropertiesKHR *properties = calloc(executables, sizeof *properties);
  for (uint32_t i = 0; i < executables; i++) properties[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_PROPERTIES_KHR;
  vkGetPipelineExecutablePropertiesKHR_(device, &of, &executables, properties);
  if (f) fprintf(f, "Subgroup size\t%u\n", properties[index].subgroupSize);
  if (f) fclose(f);
  count = 0;
  vkGetPipelineExecutableInternalRepresentationsKHR_(device, &info, &count, NULL);
  VkPipelineExecutableInternalRepresentationKHR *texts = calloc(count, sizeof *texts);
  for (uint32_t i = 0; i < count; i++) {
    texts[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INTERNAL_REPRESENTATION_KHR;
  }
  vkGetPipelineExecutableInternalRepresentationsKHR_(device, &info, &count, texts);
  for (uint32_t i = 0; i < count; i++) texts[i].pData = malloc(texts[i].dataSize);
  vkGetPipelineExecutableInternalRepresentationsKHR_(device, &info, &count, texts);
  for (uint32_t i = 0; i < count; i++) {
    f = file(id, texts[i].name, "txt");
    if (f) fwrite(texts[i].pData, 1, strnlen(texts[i].pData, texts[i].dataSize), f), fclose(f);
    free(texts[i].pData);
  }
  free(texts);
  free(properties);
  free(statistics);
}

static VkResult create_pipelines(VkDevice device, VkPipelineCache cache, uint32_t count,
                                 const VkComputePipelineCreateInfo *infos, const VkAllocationCallbacks *allocator,
                                 VkPipeline *pipelines) {
  NEXT(vkCreateComputePipelines);
  VkComputePipelineCreateInfo *captured = malloc(count * sizeof *captured);
  memcpy(captured, infos, count * sizeof *captured);
  for (uint32_t i = 0; i < count; i++) {
    captured[i].flags |= VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR;
    captured[i].flags |= VK_PIPELINE_CREATE_CAPTURE_INTERNAL_REPRESENTATIONS_BIT_KHR;
  }
  VkResult result = vkCreateComputePipelines_(device, VK_NULL_HANDLE, count, captured, allocator, pipelines);
  (void)cache; /* what comes from a cache has no representations */
  for (uint32_t i = 0; result == VK_SUCCESS && i < count; i++) {
    int id = __atomic_fetch_add(&number, 1, __ATOMIC_SEQ_CST);
    write_executable(device, pipelines[i], 0, id);
  }
  free(captured);
  return result;
}

/* --- Devices, and where functions come from. */

static VkResult create_device(VkPhysicalDevice physical, const VkDeviceCreateInfo *info,
                              const VkAllocationCallbacks *allocator, VkDevice *out) {
  VkDeviceCreateInfo more = *info;
  uint32_t count = info->enabledExtensionCount;
  const char **names = malloc((count + 1) * sizeof *names);
  memcpy(names, info->ppEnabledExtensionNames, count * sizeof *names);
  names[count] = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR feature = {
    VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR, (void *)info->pNext, VK_TRUE};
  more.pNext = &feature;
  more.enabledExtensionCount = count + 1;
  more.ppEnabledExtensionNames = names;
  VkResult result = next_create_device(physical, &more, allocator, out);
  free(names);
  return result;
}

static PFN_vkVoidFunction ours(const char *name);

static PFN_vkVoidFunction device_proc(VkDevice device, const char *name) {
  PFN_vkVoidFunction real = next_device_proc(device, name);
  PFN_vkVoidFunction own = real ? ours(name) : NULL;
  return own ? own : real;
}

static VkResult create_instance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *allocator, VkInstance *out) {
  PFN_vkCreateInstance create = (PFN_vkCreateInstance)next_proc(NULL, "vkCreateInstance");
  VkResult result = create(info, allocator, out);
  if (result != VK_SUCCESS) return result;
  instance = *out;
  next_device_proc = (PFN_vkGetDeviceProcAddr)next_proc(instance, "vkGetDeviceProcAddr");
  next_create_device = (PFN_vkCreateDevice)next_proc(instance, "vkCreateDevice");
  return result;
}

EXPORT PFN_vkVoidFunction vk_icdGetInstanceProcAddr(VkInstance of, const char *name);

static PFN_vkVoidFunction ours(const char *name) {
  static const struct { const char *name; PFN_vkVoidFunction own; } functions[] = {
    {"vkCreateInstance", (PFN_vkVoidFunction)create_instance},
    {"vkCreateDevice", (PFN_vkVoidFunction)create_device},
    {"vkGetInstanceProcAddr", (PFN_vkVoidFunction)vk_icdGetInstanceProcAddr},
    {"vkGetDeviceProcAddr", (PFN_vkVoidFunction)device_proc},
    {"vkCreateComputePipelines", (PFN_vkVoidFunction)create_pipelines},
  };
  static const char *const idle[] = {
    "vkBeginCommandBuffer", "vkEndCommandBuffer", "vkResetCommandBuffer", "vkResetCommandPool", "vkQueueSubmit",
    "vkQueueSubmit2", "vkQueueSubmit2KHR", "vkQueueWaitIdle", "vkDeviceWaitIdle", "vkGetFenceStatus", "vkWaitForFences",
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (!strcmp(name, functions[i].name)) return functions[i].own;
  }
  for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
    if (!strcmp(name, idle[i])) return (PFN_vkVoidFunction)done;
  }
  return strncmp(name, "vkCmd", 5) ? NULL : (PFN_vkVoidFunction)done;
}

EXPORT PFN_vkVoidFunction vk_icdGetInstanceProcAddr(VkInstance of, const char *name) {
  open_driver();
  PFN_vkVoidFunction real = next_proc(of, name);
  PFN_vkVoidFunction own = real ? ours(name) : NULL;
  return own ? own : real;
}

EXPORT PFN_vkVoidFunction vk_icdGetPhysicalDeviceProcAddr(VkInstance of, const char *name) {
  open_driver();
  if (!strcmp(name, "vkCreateDevice")) return (PFN_vkVoidFunction)create_device;
  return next_physical_proc ? next_physical_proc(of, name) : NULL;
}

EXPORT VkResult vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  if (*version > 5) *version = 5;
  return VK_SUCCESS;
}
