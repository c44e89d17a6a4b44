#include "app/studio/moment_text.h"

#include <QObject>

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

}  // namespace dotmoe::studio
