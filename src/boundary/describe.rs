//! How is a coordinate system described to other programs?
//!
//! GeoPackage and FlatGeobuf take well-known text, GeoParquet takes PROJJSON. Both name the EPSG
//! code, which is what most readers look at.

use serde_json::{Value, json};

use super::Crs;
use super::crs::Kind;

/// Degrees in a radian, as the EPSG register prints it.
const DEGREE: &str = "UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]]";

/// What the two datums are called.
struct Datum {
    name: &'static str,
    wkt: &'static str,
    full: &'static str,
    ellipsoid: &'static str,
    flattening: f64,
    codes: [u32; 3],
}

impl Crs {
    fn datum(self) -> Datum {
        if self.name().starts_with("ETRS89") {
            Datum {
                name: "ETRS89",
                wkt: "European_Terrestrial_Reference_System_1989",
                full: "European Terrestrial Reference System 1989",
                ellipsoid: "GRS 1980",
                flattening: 298.257_222_101,
                codes: [4258, 6258, 7019],
            }
        } else {
            Datum {
                name: "WGS 84",
                wkt: "WGS_1984",
                full: "World Geodetic System 1984",
                ellipsoid: "WGS 84",
                flattening: 298.257_223_563,
                codes: [4326, 6326, 7030],
            }
        }
    }

    /// The system as well-known text of 2001 (OGC 01-009), with its EPSG code.
    pub fn wkt(self) -> String {
        let Datum { name, wkt, ellipsoid, flattening, codes: [system, datum, spheroid], .. } =
            self.datum();
        let geographic = format!(
            "GEOGCS[\"{name}\",DATUM[\"{wkt}\",SPHEROID[\"{ellipsoid}\",6378137,{flattening},\
             AUTHORITY[\"EPSG\",\"{spheroid}\"]],AUTHORITY[\"EPSG\",\"{datum}\"]],\
             PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],{DEGREE},\
             AUTHORITY[\"EPSG\",\"{system}\"]]"
        );
        let projection = match self.kind() {
            Kind::Degrees => return geographic,
            Kind::WebMercator => "PROJECTION[\"Mercator_1SP\"],PARAMETER[\"central_meridian\",0],\
                 PARAMETER[\"scale_factor\",1],PARAMETER[\"false_easting\",0],\
                 PARAMETER[\"false_northing\",0]"
                .to_owned(),
            Kind::Utm { zone, north } => format!(
                "PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],\
                 PARAMETER[\"central_meridian\",{}],PARAMETER[\"scale_factor\",0.9996],\
                 PARAMETER[\"false_easting\",500000],PARAMETER[\"false_northing\",{}]",
                central_meridian(zone),
                if north { 0 } else { 10_000_000 }
            ),
        };
        let extension = match self.kind() {
            Kind::WebMercator => {
                "EXTENSION[\"PROJ4\",\"+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 \
                 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs\"],"
            }
            Kind::Degrees | Kind::Utm { .. } => "",
        };
        format!(
            "PROJCS[\"{}\",{geographic},{projection},UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]],\
             AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH],{extension}AUTHORITY[\"EPSG\",\"{}\"]]",
            self.name(),
            self.epsg()
        )
    }

    /// The system as PROJJSON 0.7, with its EPSG code.
    pub fn projjson(self) -> Value {
        let Datum { name, full, ellipsoid, flattening, codes: [system, _, _], .. } = self.datum();
        let axis = |name: &str, abbreviation: &str, direction: &str, unit: &str| json!({ "name": name, "abbreviation": abbreviation, "direction": direction, "unit": unit });
        let mut geographic = json!({
            "type": "GeographicCRS",
            "name": name,
            "datum": {
                "type": "GeodeticReferenceFrame",
                "name": full,
                "ellipsoid": {
                    "name": ellipsoid,
                    "semi_major_axis": 6_378_137,
                    "inverse_flattening": flattening,
                },
            },
            "coordinate_system": {
                "subtype": "ellipsoidal",
                "axis": [
                    axis("Geodetic latitude", "Lat", "north", "degree"),
                    axis("Geodetic longitude", "Lon", "east", "degree"),
                ],
            },
            "id": { "authority": "EPSG", "code": system },
        });
        let parameter = |name: &str, value: f64, unit: &str, code: u32| {
            json!({ "name": name, "value": value, "unit": unit,
                "id": { "authority": "EPSG", "code": code } })
        };
        let method = |name: &str, code: u32| json!({ "name": name, "id": { "authority": "EPSG", "code": code } });
        let conversion = match self.kind() {
            Kind::Degrees => {
                geographic["$schema"] = SCHEMA.into();
                return geographic;
            }
            Kind::WebMercator => json!({
                "name": "Popular Visualisation Pseudo-Mercator",
                "method": method("Popular Visualisation Pseudo Mercator", 1024),
                "parameters": [
                    parameter("Latitude of natural origin", 0.0, "degree", 8801),
                    parameter("Longitude of natural origin", 0.0, "degree", 8802),
                    parameter("False easting", 0.0, "metre", 8806),
                    parameter("False northing", 0.0, "metre", 8807),
                ],
            }),
            Kind::Utm { zone, north } => json!({
                "name": format!("UTM zone {zone}{}", if north { 'N' } else { 'S' }),
                "method": method("Transverse Mercator", 9807),
                "parameters": [
                    parameter("Latitude of natural origin", 0.0, "degree", 8801),
                    parameter(
                        "Longitude of natural origin",
                        f64::from(central_meridian(zone)),
                        "degree",
                        8802,
                    ),
                    parameter("Scale factor at natural origin", 0.9996, "unity", 8805),
                    parameter("False easting", 500_000.0, "metre", 8806),
                    parameter("False northing", if north { 0.0 } else { 1e7 }, "metre", 8807),
                ],
            }),
        };
        json!({
            "$schema": SCHEMA,
            "type": "ProjectedCRS",
            "name": self.name(),
            "base_crs": geographic,
            "conversion": conversion,
            "coordinate_system": {
                "subtype": "Cartesian",
                "axis": [
                    axis("Easting", "E", "east", "metre"),
                    axis("Northing", "N", "north", "metre"),
                ],
            },
            "id": { "authority": "EPSG", "code": self.epsg() },
        })
    }
}

const SCHEMA: &str = "https://proj.org/schemas/v0.7/projjson.schema.json";

fn central_meridian(zone: u32) -> i32 {
    // Zones are 1 to 60, so nothing is lost.
    zone as i32 * 6 - 183
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::epsg_of_wkt;

    #[test]
    fn every_system_is_read_back_from_its_own_description() {
        for code in [4326, 4258, 3857, 25832, 25833, 32633, 32756] {
            let crs = Crs::from_epsg(code).unwrap();
            assert_eq!(epsg_of_wkt(&crs.wkt()), Some(code));
            assert_eq!(crs.projjson().pointer("/id/code"), Some(&Value::from(code)));
        }
        let south = Crs::from_epsg(32756).unwrap().wkt();
        assert!(south.contains("153") && south.contains("10000000"), "{south}");
    }
}
