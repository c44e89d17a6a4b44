# What is installed, and the two packages that cpack makes of it: a .deb, which takes Qt and the small libraries from
# Debian, and a tarball that brings them along. Both bring libtorch, which Debian 12 does not have.
#   bin/dotmoe, bin/dotmoe-studio   find their libraries in ../lib/dotmoe wherever the tree is put
#   lib/dotmoe/                     libtorch; in the tarball Qt with its plugins and the other libraries too
include(GNUInstallDirs)
set(DOTMOE_RELEASE_DATE 2026-11-22)
set(library_folder lib/dotmoe)
set(app_id org.dotmoe.Studio)

# Component app: in both packages. DT_RPATH, not DT_RUNPATH, because it counts for the libraries' own needs too.
foreach(program dotmoe dotmoe-studio)
    set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/../${library_folder}")
    target_link_options(${program} PRIVATE LINKER:--disable-new-dtags)
endforeach()
install(TARGETS dotmoe dotmoe-studio RUNTIME_DEPENDENCY_SET needed RUNTIME DESTINATION bin COMPONENT app)

file(GLOB cuda_stubs ${DOTMOE_TORCH}/../nvidia/cu*/lib/libcudart.so.* ${DOTMOE_TORCH}/../nvidia/cu*/lib/libcupti.so.*)
install(FILES ${DOTMOE_TORCH}/lib/libtorch_cpu.so ${DOTMOE_TORCH}/lib/libc10.so ${DOTMOE_TORCH}/lib/libgomp.so.1 ${cuda_stubs}
    DESTINATION ${library_folder} COMPONENT app PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)

set(desktop_files ${CMAKE_SOURCE_DIR}/resources/desktop)
configure_file(${desktop_files}/${app_id}.metainfo.xml.in ${CMAKE_BINARY_DIR}/${app_id}.metainfo.xml @ONLY)
install(FILES ${desktop_files}/${app_id}.desktop DESTINATION share/applications COMPONENT app)
install(FILES ${CMAKE_BINARY_DIR}/${app_id}.metainfo.xml DESTINATION share/metainfo COMPONENT app)
install(FILES ${desktop_files}/${app_id}.svg DESTINATION share/icons/hicolor/scalable/apps COMPONENT app)
install(FILES README.md LICENSE DESTINATION share/doc/dotmoe-studio COMPONENT app)
find_program(RSVG_CONVERT rsvg-convert)
if(RSVG_CONVERT)
    foreach(size 16 22 24 32 48 64 128 256 512)
        set(icon ${CMAKE_BINARY_DIR}/icons/${size}x${size}/${app_id}.png)
        add_custom_command(OUTPUT ${icon} DEPENDS ${desktop_files}/${app_id}.svg
            COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/icons/${size}x${size}
            COMMAND ${RSVG_CONVERT} -w ${size} -h ${size} -o ${icon} ${desktop_files}/${app_id}.svg)
        list(APPEND icons ${icon})
        install(FILES ${icon} DESTINATION share/icons/hicolor/${size}x${size}/apps COMPONENT app)
    endforeach()
    add_custom_target(icons ALL DEPENDS ${icons})
endif()

# Component bundle: in the tarball alone. What every Linux desktop has, or must have its own of (glibc, the compiler's
# run time, drivers, X, fonts), is not brought along.
foreach(plugin platforms/libqxcb platforms/libqoffscreen imageformats/libqsvg iconengines/libqsvgicon xcbglintegrations/libqxcb-glx-integration
        platforminputcontexts/libcomposeplatforminputcontextplugin)
    get_filename_component(kind ${plugin} DIRECTORY)
    get_filename_component(name ${plugin} NAME)
    add_library(bundled_${name} MODULE IMPORTED)
    set_target_properties(bundled_${name} PROPERTIES
        IMPORTED_LOCATION ${QT6_INSTALL_PREFIX}/${QT6_INSTALL_PLUGINS}/${plugin}.so)
    install(IMPORTED_RUNTIME_ARTIFACTS bundled_${name} RUNTIME_DEPENDENCY_SET needed
        LIBRARY DESTINATION ${library_folder}/plugins/${kind} COMPONENT bundle)
endforeach()
install(RUNTIME_DEPENDENCY_SET needed
    PRE_EXCLUDE_REGEXES "^lib(c|m|dl|rt|pthread|util|resolv|stdc\\+\\+|gcc_s)\\.so" "^ld-linux" "^lib(torch|c10|gomp|cu)"
        "^lib(GL|EGL|GLX|OpenGL|GLdispatch|drm|X11|X11-xcb|xcb|Xau|Xdmcp|fontconfig|freetype|expat|z)\\.so" "^lib(uuid|bsd|md)\\.so"
    POST_EXCLUDE_REGEXES "/torch/lib/" "/nvidia/"
    LIBRARY DESTINATION ${library_folder} COMPONENT bundle)
file(WRITE ${CMAKE_BINARY_DIR}/qt.conf "[Paths]\nPrefix = ../${library_folder}\nPlugins = plugins\n")
install(FILES ${CMAKE_BINARY_DIR}/qt.conf DESTINATION bin COMPONENT bundle)

set(CPACK_PACKAGE_NAME dotmoe-studio)
set(CPACK_PACKAGE_VENDOR "DOT-MoE Studio")
set(CPACK_PACKAGE_CONTACT "the DOT-MoE Studio authors <studio@dotmoe.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${DOTMOE_TORCH}/lib ${DOTMOE_TORCH}/../nvidia/cu13/lib)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libgl1-mesa-dri, fonts-dejavu-core")  # loaded by name, so not seen
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/cmake/PackageComponents.cmake)
include(CPack)
