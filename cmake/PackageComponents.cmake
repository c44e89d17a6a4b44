# Read by cpack once a generator: Debian's package depends on Debian's Qt, the tarball brings it.
if(CPACK_GENERATOR STREQUAL "DEB")
    set(CPACK_COMPONENTS_ALL app)
else()
    set(CPACK_COMPONENTS_ALL app bundle)
endif()
