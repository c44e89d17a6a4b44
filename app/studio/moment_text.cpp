#include "app/studio/moment_text.h"

#include <QObject>

#include "recording/recording.h"

namespace dotmoe::studio {

QString moment_text(const Moment& moment) {
    switch (moment.kind) {
        case MomentKind::start:
            return QObject::tr("start");
        case MomentKind::layer:
            return QObject::tr("layer %1").arg(moment.layer);
        case MomentKind::round:
            return QObject::tr("layer %1 · round %2").arg(moment.layer).arg(moment.step);
        case MomentKind::layer_step:
            return QObject::tr("layer %1 · step %2").arg(moment.layer).arg(moment.step);
        case MomentKind::global_step:
            return QObject::tr("step %1").arg(moment.step);
    }
    return {};
}

QString place_text(const Recording* recording, int moment) {
    const auto at = static_cast<std::size_t>(moment);
    if (!recording || moment < 0 || at >= recording->moments().size())
        return QObject::tr("nothing recorded yet");
    return QObject::tr("%1 · %2 of %3")
        .arg(moment_text(recording->moments()[at]))
        .arg(moment + 1)
        .arg(recording->moments().size());
}

}  // namespace dotmoe::studio
