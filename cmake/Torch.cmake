# torch::c10 and torch::cpu from an unpacked PyPI wheel. find_package(Torch) of that wheel demands a CUDA toolkit;
# the CPU libraries are all we link, and core/base/device.cpp looks for libtorch_cuda.so at run time.
set(DOTMOE_DEPS ${CMAKE_SOURCE_DIR}/build/deps CACHE PATH "Where packaging/setup.sh keeps libtorch, the model and the text")
file(GLOB _torch_found ${DOTMOE_DEPS}/venv/lib/python3*/site-packages/torch)
set(DOTMOE_TORCH "${_torch_found}" CACHE PATH "The folder torch/ of an installed PyTorch 2.11 wheel")
if(NOT EXISTS ${DOTMOE_TORCH}/lib/libtorch_cpu.so)
    message(FATAL_ERROR "no libtorch in '${DOTMOE_TORCH}': run packaging/setup.sh, or set DOTMOE_TORCH")
endif()

add_library(torch::c10 SHARED IMPORTED)
set_target_properties(torch::c10 PROPERTIES IMPORTED_LOCATION ${DOTMOE_TORCH}/lib/libc10.so)
# -idirafter: the wheel ships headers of fmt, nlohmann and others whose libraries we take from the system.
target_compile_options(torch::c10 INTERFACE
    "SHELL:-idirafter ${DOTMOE_TORCH}/include" "SHELL:-idirafter ${DOTMOE_TORCH}/include/torch/csrc/api/include")
add_library(torch::cpu SHARED IMPORTED)
set_target_properties(torch::cpu PROPERTIES IMPORTED_LOCATION ${DOTMOE_TORCH}/lib/libtorch_cpu.so)
# libgomp: whoever uses at::parallel_for must share libtorch's own threads.
target_link_libraries(torch::cpu INTERFACE torch::c10 ${DOTMOE_TORCH}/lib/libgomp.so.1)
