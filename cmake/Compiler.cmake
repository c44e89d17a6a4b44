# Warnings, sanitizers, linker and compiler cache: everything about the compiler that is not about one target.
add_library(dotmoe_warnings INTERFACE)
add_library(dotmoe::warnings ALIAS dotmoe_warnings)
target_compile_options(dotmoe_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

if(DOTMOE_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

# Where CMAKE_UNITY_BUILD is on (release, asan): most of a file is headers, which ten files as one read once.
# Names of anonymous namespaces must then differ within a folder.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)

find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()

find_program(CCACHE ccache)
if(CCACHE)
    # Without these ccache refuses every file that uses a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
